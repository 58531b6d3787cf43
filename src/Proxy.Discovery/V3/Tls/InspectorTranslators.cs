using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Google.Protobuf;
using Proxy.Configuration.Filters;

namespace Proxy.Discovery.V3.Tls;

/// <summary>The listener filter that looks at client hellos.</summary>
internal sealed class TlsInspectorTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector";

    public override string Supported =>
        """
        envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector: enable_ja3_fingerprinting enable_ja4_fingerprinting close_connection_on_client_hello_parsing_errors max_client_hello_size initial_read_buffer_size
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var inspector = TlsInspector.Parser.Read(message);
        return new TlsInspectorConfig
        {
            Ja3 = inspector.EnableJa3Fingerprinting ?? false,
            Ja4 = inspector.EnableJa4Fingerprinting ?? false,
            CloseOnErrors = inspector.CloseConnectionOnClientHelloParsingErrors,
            MaxHelloSize = inspector.MaxClientHelloSize.ToIntOrNull() ?? TlsInspectorConfig.LongestHello,
        };
    }
}

/// <summary>The listener filter that looks for HTTP.</summary>
internal sealed class HttpInspectorTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector";

    public override string Supported => "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new HttpInspectorConfig();
}

/// <summary>The network filter that names the cluster after the server asked for.</summary>
internal sealed class SniClusterTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.filters.network.sni_cluster.v3.SniCluster";

    public override string Supported => "envoy.extensions.filters.network.sni_cluster.v3.SniCluster: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => new SniClusterConfig();
}
