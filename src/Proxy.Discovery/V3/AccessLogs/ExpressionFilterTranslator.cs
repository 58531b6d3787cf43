using Envoy.Extensions.AccessLoggers.Filters.Cel.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Common;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>The filter that logs what an expression is true for.</summary>
internal sealed class ExpressionFilterTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";

    public override string Supported => "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var filter = ExpressionFilter.Parser.Read(message);
        return new ExpressionLogFilter(ExpressionTranslator.WithSettings(new ExpressionTextConfig(filter.Expression), filter.CelConfig));
    }
}
