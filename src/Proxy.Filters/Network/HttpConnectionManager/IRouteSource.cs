using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Where a connection manager finds routes, and what it wants to know about them.</summary>
internal interface IRouteSource
{
    /// <summary>The route of a request; null when none matches.</summary>
    /// <param name="headers">The request's head.</param>
    /// <param name="info">Its record.</param>
    /// <param name="random">Its chance, the same for every look.</param>
    Route? Find(HeaderMap headers, StreamInfo info, ulong random);

    /// <summary>The route's own stream idle timeout in ms, 0 for none; null leaves it to the connection manager.</summary>
    long? IdleTimeoutOf(Route route);

    /// <summary>Whether the route lets an upgrade pass; null leaves it to the connection manager.</summary>
    bool? AllowsUpgrade(Route route, ReadOnlySpan<byte> type);
}
