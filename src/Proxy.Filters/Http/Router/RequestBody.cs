using Proxy.Buffers;

namespace Proxy.Filters.Http.Router;

/// <summary>
/// The part of a request's body that the router has to keep: what waits for a connection, and what was sent on one that may turn out to be dead, so that
/// it can be sent again. Empty, and without memory, for most requests.
/// </summary>
internal sealed class RequestBody
{
    /// <summary>Bytes kept for a connection that may be dead.</summary>
    public const int ReplayLimit = 64 * 1024;

    private ByteQueue _waiting;
    private ByteQueue _sent;
    private bool _retaining;
    private long _limit;

    public RequestBody(BufferPool pool)
    {
        _waiting = new ByteQueue(pool);
        _sent = new ByteQueue(pool);
    }

    /// <summary>Bytes that were not sent yet.</summary>
    public long Waiting => _waiting.Length;

    /// <summary>Bytes in memory, sent or not.</summary>
    public long Kept => _waiting.Length + _sent.Length;

    /// <summary>True when everything that was sent can be sent again.</summary>
    public bool CanReplay { get; private set; } = true;

    /// <summary>Keeps bytes until a connection is there.</summary>
    public void Hold(ReadOnlySpan<byte> data) => _waiting.Append(data);

    /// <summary>A connection is there; <paramref name="keep"/> copies what is sent from now on, as long as it is within <paramref name="limit"/> bytes.</summary>
    public void BeginSending(bool keep, long limit)
    {
        _retaining = keep;
        _limit = limit;
        CanReplay = keep;
    }

    /// <summary>Sends what waits.</summary>
    /// <param name="attempt">Where to.</param>
    /// <param name="endStream">The request ends behind it, without trailers.</param>
    public void Flush(UpstreamAttempt attempt, bool endStream)
    {
        while (_waiting.Length > 0 && attempt.IsReady)
        {
            var piece = _waiting.First;
            Retain(piece);
            attempt.SendData(piece, endStream && piece.Length == _waiting.Length);
            _waiting.Consume(Math.Min(piece.Length, _waiting.Length));
        }
    }

    /// <summary>Remembers bytes that are about to be sent.</summary>
    public void Retain(ReadOnlySpan<byte> data)
    {
        if (!_retaining)
        {
            return;
        }

        if (_sent.Length + data.Length > _limit)
        {
            StopRetaining();
            return;
        }

        _sent.Append(data);
    }

    /// <summary>The answer has begun: nothing will be sent again.</summary>
    public void StopRetaining()
    {
        _retaining = false;
        CanReplay = false;
        _sent.Clear();
    }

    /// <summary>Everything sent so far waits to be sent again.</summary>
    public void Rewind()
    {
        while (_waiting.Length > 0)
        {
            var piece = _waiting.First;
            _sent.Append(piece);
            _waiting.Consume(piece.Length);
        }

        (_waiting, _sent) = (_sent, _waiting);
    }

    /// <summary>Everything sent so far, to be taken away.</summary>
    public ByteQueue TakeBack()
    {
        Rewind();
        return _waiting;
    }

    /// <summary>Forgets the request and gives the memory back.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _sent.Clear();
        _retaining = false;
        CanReplay = true;
    }
}
