using System.Threading.Tasks.Sources;

namespace Proxy.Tls.Portable;

/// <summary>
/// What <see cref="System.Net.Security.SslStream"/> believes to be its connection: it reads the bytes that the session is fed, and what it writes is the
/// session's output. Nothing here ever leaves the thread: who waits for bytes goes on inside <see cref="Feed"/>.
/// </summary>
internal sealed class SessionStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _source; // continues inline
    private Memory<byte> _room;
    private bool _waits;
    private bool _ended;
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Takes what is written; null drops it.</summary>
    public TlsOutput? Output { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that nobody has read yet.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Keeps bytes without waking who waits for them.</summary>
    public void Keep(ReadOnlySpan<byte> input)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        if (_bytes.Length - _end < input.Length)
        {
            var larger = new byte[Unread.Length + input.Length];
            Unread.CopyTo(larger);
            (_bytes, _end, _start) = (larger, _end - _start, 0);
        }

        input.CopyTo(_bytes.AsSpan(_end));
        _end += input.Length;
    }

    /// <summary>Gives bytes to who waits for them.</summary>
    public void Feed(ReadOnlySpan<byte> input)
    {
        Keep(input);
        if (_waits && _start < _end)
        {
            _waits = false;
            _source.SetResult(Take(_room.Span));
        }
    }

    /// <summary>Nothing comes any more: who waits is told so.</summary>
    public void End()
    {
        _ended = true;
        if (_waits)
        {
            _waits = false;
            _source.SetResult(0);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end || _ended)
        {
            return new ValueTask<int>(Take(buffer.Span));
        }

        _source.Reset();
        _room = buffer;
        _waits = true;
        return new ValueTask<int>(this, _source.Version);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Output?.Append(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Output?.Append(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => Output?.Append(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => Output?.Append(buffer);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private int Take(Span<byte> room)
    {
        var count = Math.Min(room.Length, _end - _start);
        _bytes.AsSpan(_start, count).CopyTo(room);
        _start += count;
        if (_start == _end)
        {
            _bytes = []; // an idle connection owns no buffer
            (_start, _end) = (0, 0);
        }

        return count;
    }
}
