using Envoy.Extensions.AccessLoggers.File.V3;
using Google.Protobuf;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>The access log that appends lines to a file.</summary>
internal sealed class FileAccessLogTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.access_loggers.file.v3.FileAccessLog";

    public override string Supported => "envoy.extensions.access_loggers.file.v3.FileAccessLog: path format json_format typed_json_format log_format";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var log = FileAccessLog.Parser.Read(message);
        var format = log.AccessLogFormatCase switch
        {
            FileAccessLog.AccessLogFormatOneofCase.Format => LogFormatTranslator.FromText(log.Format),
            FileAccessLog.AccessLogFormatOneofCase.JsonFormat => LogFormatTranslator.FromStruct(log.JsonFormat), // values keep their types there, too
            FileAccessLog.AccessLogFormatOneofCase.TypedJsonFormat => LogFormatTranslator.FromStruct(log.TypedJsonFormat),
            _ => LogFormatTranslator.Translate(log.LogFormat, place.Field("log_format"), context),
        };
        return new FileAccessLogConfig(log.Path, format);
    }
}
