using Proxy.Buffers;

namespace Proxy.Http.H2;

/// <summary>State of one stream, on either side (RFC 9113 section 5.1). Reused by one stream after the other.</summary>
internal sealed class Http2Stream(IHttp2StreamOwner owner, BufferPool pool)
{
    private HeaderMap? _trailers;

    /// <summary>Who is told.</summary>
    public IHttp2StreamOwner Owner { get; } = owner;

    /// <summary>Number on the connection; 0 before it has one.</summary>
    public int Id { get; private set; }

    /// <summary>Bytes of DATA that may be sent; below zero after the peer has made its windows smaller.</summary>
    public long SendWindow { get; set; }

    /// <summary>Body that waits for a window.</summary>
    public ByteQueue Pending { get; } = new(pool);

    /// <summary>What the peer may send.</summary>
    public ReceiveWindow Receive;

    /// <summary>Body received while reading was disabled: not given back to the windows yet.</summary>
    public int Held { get; set; }

    /// <summary>How often reading was disabled.</summary>
    public int ReadDisables { get; set; }

    /// <summary>The head has been received.</summary>
    public bool HeadReceived { get; set; }

    /// <summary>The peer has ended its side.</summary>
    public bool RemoteEnded { get; set; }

    /// <summary>The owner has ended this side; it may still wait.</summary>
    public bool LocalEnding { get; set; }

    /// <summary>This side's end has been sent.</summary>
    public bool LocalEnded { get; set; }

    /// <summary>Trailers wait behind the body.</summary>
    public HeaderMap? PendingTrailers { get; private set; }

    /// <summary>It stands in the session's queue of those that wait for a window.</summary>
    public bool IsQueued { get; set; }

    /// <summary>More of it waits than should.</summary>
    public bool IsAboveHighWatermark { get; set; }

    /// <summary>Its source has been told to stop.</summary>
    public bool IsToldToStop { get; set; }

    /// <summary>Bytes of body that the peer has announced and not sent; -1 when it has announced none.</summary>
    public long Expected { get; set; }

    /// <summary>Begins a stream.</summary>
    public void Open(int id, long sendWindow, int receiveWindow)
    {
        Id = id;
        SendWindow = sendWindow;
        Receive = new ReceiveWindow(receiveWindow);
        Expected = -1;
    }

    /// <summary>Keeps trailers until the body in front of them is out.</summary>
    public void Keep(HeaderMap trailers)
    {
        PendingTrailers = _trailers ??= new HeaderMap();
        PendingTrailers.CopyFrom(trailers);
    }

    /// <summary>Forgets everything; its memory goes back.</summary>
    public void Recycle()
    {
        Pending.Clear();
        PendingTrailers?.Clear();
        PendingTrailers = null;
        Id = Held = ReadDisables = 0;
        HeadReceived = RemoteEnded = LocalEnding = LocalEnded = IsAboveHighWatermark = IsToldToStop = false;
    }
}
