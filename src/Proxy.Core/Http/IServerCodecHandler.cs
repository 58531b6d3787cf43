namespace Proxy.Http;

/// <summary>Takes the requests that a server codec finds.</summary>
internal interface IServerCodecHandler
{
    /// <summary>A request begins. The returned handler lends the maps that the codec fills.</summary>
    IServerStreamHandler OnNewStream(HttpServerStream stream);
}
