namespace Proxy.Configuration.Filters;

/// <summary>The listener filter that looks at client hellos (Envoy <c>tls_inspector.v3.TlsInspector</c>).</summary>
public sealed record TlsInspectorConfig
{
    /// <summary>Longest client hello that can be allowed, in bytes.</summary>
    public const int LongestHello = 16 * 1024;

    /// <summary>Works out JA3 fingerprints. Default false.</summary>
    public bool Ja3 { get; init; }

    /// <summary>Works out JA4 fingerprints. Default false.</summary>
    public bool Ja4 { get; init; }

    /// <summary>Closes connections that begin with anything but a good client hello. Default false: their chain is chosen without.</summary>
    public bool CloseOnErrors { get; init; }

    /// <summary>Longest client hello, in bytes; connections with longer ones are closed. Default 16 KiB.</summary>
    public int MaxHelloSize { get; init; } = LongestHello;
}

/// <summary>The listener filter that looks for HTTP (Envoy <c>http_inspector.v3.HttpInspector</c>).</summary>
public sealed record HttpInspectorConfig;

/// <summary>The network filter that names the cluster after the server that the client asks for (Envoy <c>sni_cluster.v3.SniCluster</c>).</summary>
public sealed record SniClusterConfig;
