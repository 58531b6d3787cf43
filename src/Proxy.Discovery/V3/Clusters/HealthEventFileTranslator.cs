using Envoy.Extensions.HealthCheck.EventSinks.File.V3;
using Google.Protobuf;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>The file that results of health checks are written to.</summary>
internal sealed class HealthEventFileTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink";

    public override string Supported => TypeName + ": *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => HealthCheckEventFileSink.Parser.Read(message).EventLogPath;
}
