using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>Routes given by a function of the path.</summary>
internal sealed class FakeRoutes : IRouteSource
{
    /// <summary>Null finds nothing, without looking at the path.</summary>
    public Func<string, Route?>? Pick { get; set; }

    public long? IdleTimeout { get; set; }

    public bool? Upgrade { get; set; }

    public int Lookups { get; private set; }

    public Route? Find(HeaderMap headers, StreamInfo info, ulong random)
    {
        Lookups++;
        return Pick?.Invoke(System.Text.Encoding.Latin1.GetString(headers.Get(KnownHeader.Path)));
    }

    public long? IdleTimeoutOf(Route route) => IdleTimeout;

    public bool? AllowsUpgrade(Route route, ReadOnlySpan<byte> type) => Upgrade;
}
