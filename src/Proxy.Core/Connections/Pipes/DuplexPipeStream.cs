using System.IO.Pipelines;

namespace Proxy.Connections.Pipes;

/// <summary>A pipe of two directions as a stream, for code that knows nothing else. From any thread, one reader and one writer at a time.</summary>
internal sealed class DuplexPipeStream : Stream
{
    private readonly IDuplexPipe _pipe;
    private readonly Stream _input;
    private readonly Stream _output;
    private int _disposed;

    public DuplexPipeStream(IDuplexPipe pipe)
    {
        _pipe = pipe;
        _input = pipe.Input.AsStream(leaveOpen: true);
        _output = pipe.Output.AsStream(leaveOpen: true);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

    public override void Flush() => _output.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _pipe.Output.Complete();
            _pipe.Input.Complete();
        }

        base.Dispose(disposing);
    }
}
