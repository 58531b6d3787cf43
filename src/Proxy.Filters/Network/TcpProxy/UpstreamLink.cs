namespace Proxy.Filters.Network.TcpProxy;

/// <summary>Where a client's bytes go: a connection of its own, or a tunnel through an HTTP proxy.</summary>
internal abstract class UpstreamLink
{
    /// <summary>Bytes received, as on the wire.</summary>
    public abstract long BytesReceived { get; }

    /// <summary>Bytes sent, as on the wire.</summary>
    public abstract long BytesSent { get; }

    /// <summary>Bytes that wait to be sent on the client's behalf and would be lost with it.</summary>
    public abstract long PendingBytes { get; }

    /// <summary>Sends what the client sent.</summary>
    public abstract void Write(ReadOnlySpan<byte> data, bool endStream);

    /// <summary>Stops or resumes what comes back; counted.</summary>
    public abstract void ReadDisable(bool disable);

    /// <summary>Ends it; the owner is told, unless it knows already that it is over.</summary>
    public abstract void Close(Connections.CloseMode mode);

    /// <summary>Counts the bytes that went through since the last call.</summary>
    public abstract void CountBytes();
}

/// <summary>Told what happens to an <see cref="UpstreamLink"/>.</summary>
internal interface IUpstreamLinkOwner
{
    /// <summary>Bytes have come; lent for the call.</summary>
    void OnUpstreamData(ReadOnlySpan<byte> data, bool endOfStream);

    /// <summary>It cannot send as fast as it is given.</summary>
    void OnUpstreamAboveHighWatermark();

    /// <summary>It can send again.</summary>
    void OnUpstreamBelowLowWatermark();

    /// <summary>It is over.</summary>
    /// <param name="isReset">The upstream broke it off.</param>
    void OnUpstreamClosed(bool isReset);
}
