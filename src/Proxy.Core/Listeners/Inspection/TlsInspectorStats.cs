using Proxy.Stats;

namespace Proxy.Listeners.Inspection;

/// <summary>Stats of TLS inspectors, under <c>tls_inspector.</c></summary>
internal static class TlsInspectorStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId TooLarge = Schema.Counter("client_hello_too_large");
    public static readonly CounterId Found = Schema.Counter("tls_found");
    public static readonly CounterId NotFound = Schema.Counter("tls_not_found");
    public static readonly CounterId NameFound = Schema.Counter("sni_found");
    public static readonly CounterId NameNotFound = Schema.Counter("sni_not_found");
    public static readonly CounterId ProtocolsFound = Schema.Counter("alpn_found");
    public static readonly CounterId ProtocolsNotFound = Schema.Counter("alpn_not_found");
    public static readonly HistogramId BytesProcessed = Schema.Histogram("bytes_processed", StatUnit.Bytes);
}
