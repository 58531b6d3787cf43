namespace Proxy.Connections;

/// <summary>Where a connection is in its life.</summary>
public enum ConnectionState
{
    /// <summary>Not up yet; writes are queued.</summary>
    Connecting,

    /// <summary>Bytes flow.</summary>
    Open,

    /// <summary>This proxy has said close and is sending the rest; nothing is read to the handler any more.</summary>
    Closing,

    /// <summary>Over.</summary>
    Closed,
}
