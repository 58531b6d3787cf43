using Envoy.Extensions.AccessLoggers.Stream.V3;
using Google.Protobuf;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>The access log that writes to standard error.</summary>
internal sealed class StandardErrorAccessLogTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.access_loggers.stream.v3.StderrAccessLog";

    public override string Supported => "envoy.extensions.access_loggers.stream.v3.StderrAccessLog: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var log = StderrAccessLog.Parser.Read(message);
        return new StreamAccessLogConfig(true, LogFormatTranslator.Translate(log.LogFormat, place.Field("log_format"), context));
    }
}
