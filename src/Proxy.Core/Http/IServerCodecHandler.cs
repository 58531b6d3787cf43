namespace Proxy.Http;

/// <summary>Takes the requests that a server codec finds.</summary>
internal interface IServerCodecHandler
{
    /// <summary>A request begins. The returned handler lends the maps that the codec fills.</summary>
    IServerStreamHandler OnNewStream(HttpServerStream stream);

    /// <summary>The client has broken the protocol, or a limit of it; the codec has told the transport to close, and resets of all streams follow.</summary>
    void OnConnectionFault(string details)
    {
    }
}
