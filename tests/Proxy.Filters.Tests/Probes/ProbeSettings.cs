using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;

namespace Proxy.Filters.Tests.Probes;

/// <summary>The listeners and clusters of the HTTP/1 probe families.</summary>
internal static class ProbeSettings
{
    private static readonly Http1Config Trailers = new() { EnableTrailers = true };
    private static readonly Http1Config Old = new() { AcceptHttp10 = true, DefaultHostForHttp10 = "default.test" };
    private static readonly HttpConnectionManagerConfig Plain = new() { StatPrefix = "in" };

    public static IReadOnlyDictionary<string, UpstreamHttpConfig> Clusters { get; } = new Dictionary<string, UpstreamHttpConfig>
    {
        ["plain"] = new(),
        ["trailers"] = new() { Http1 = Trailers },
        ["chunked_length"] = new() { Http1 = new Http1Config { AllowChunkedLength = true } },
        ["small"] = new() { MaxHeadersCount = 10, MaxHeadersKilobytes = 4 },
    };

    public static IReadOnlyDictionary<string, (HttpConnectionManagerConfig Manager, string Cluster)> Requests { get; } = new Dictionary<string, (HttpConnectionManagerConfig, string)>
    {
        ["main"] = (Plain, "plain"),
        ["http10"] = (Plain with { Http1 = Old }, "plain"),
        ["clte"] = (Plain with { Http1 = new Http1Config { AllowChunkedLength = true } }, "plain"),
        ["under"] = (Plain with { HeadersWithUnderscores = UnderscoresAction.RejectRequest }, "plain"),
        ["drop"] = (Plain with { HeadersWithUnderscores = UnderscoresAction.DropHeader }, "plain"),
        ["stream"] = (Plain with { StreamErrorOnInvalidMessage = true }, "plain"),
        ["trail"] = (Plain with { Http1 = Trailers }, "trailers"),
        ["lax"] = (Plain with { Http1 = new Http1Config { AllowAbsoluteUrl = false, AllowCustomMethods = true } }, "plain"),
        ["upg"] = (Plain with { Upgrades = [new UpgradeConfig("websocket"), new UpgradeConfig("CONNECT")] }, "plain"),
        ["small"] = (Plain with { MaxRequestHeadersKilobytes = 4, MaxHeadersCount = 10 }, "plain"),
        ["edge"] = (Plain with { UseRemoteAddress = true, Proxy100Continue = true }, "plain"),
    };

    public static IReadOnlyDictionary<string, (HttpConnectionManagerConfig Manager, string Cluster)> Responses { get; } = new Dictionary<string, (HttpConnectionManagerConfig, string)>
    {
        ["main"] = (Plain, "plain"),
        ["clte"] = (Plain, "chunked_length"),
        ["trail"] = (Plain with { Http1 = Trailers }, "trailers"),
        ["h10"] = (Plain with { Http1 = Old }, "plain"),
        ["small"] = (Plain, "small"),
        ["stream"] = (Plain, "plain"),
        ["hundred"] = (Plain with { Proxy100Continue = true, Upgrades = [new UpgradeConfig("websocket")] }, "plain"),
    };
}
