using Proxy.Stats;

namespace Proxy.Http.H1;

/// <summary>Stats of HTTP/1 codecs: <c>http1.</c> towards clients, over all connection managers of the process, and <c>cluster.NAME.http1.</c></summary>
internal static class Http1Stats
{
    public const string Prefix = "http1.";
    public static readonly StatSchema Schema = new();
    public static readonly CounterId DroppedUnderscores = Schema.Counter("dropped_headers_with_underscores");
    public static readonly CounterId RejectedUnderscores = Schema.Counter("requests_rejected_with_underscores_in_headers");

    static Http1Stats()
    {
        // Never counted: metadata is of HTTP/2, and a response is never made before the one in front of it is out.
        Schema.Counter("metadata_not_supported_error");
        Schema.Counter("response_flood");
    }
}
