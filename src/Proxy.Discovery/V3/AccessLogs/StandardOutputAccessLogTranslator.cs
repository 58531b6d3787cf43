using Envoy.Extensions.AccessLoggers.Stream.V3;
using Google.Protobuf;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>The access log that writes to standard output.</summary>
internal sealed class StandardOutputAccessLogTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog";

    public override string Supported => "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var log = StdoutAccessLog.Parser.Read(message);
        return new StreamAccessLogConfig(false, LogFormatTranslator.Translate(log.LogFormat, place.Field("log_format"), context));
    }
}
