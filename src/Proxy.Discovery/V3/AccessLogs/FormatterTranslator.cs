using Google.Protobuf;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>Formatters that a format has to ask for before it may use their operators; they have no settings. The record is the type's name.</summary>
internal sealed class FormatterTranslator(string typeName) : ExtensionTranslator
{
    public const string RequestWithoutQuery = "envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery";

    /// <summary>Its operator, <c>%METADATA%</c>, is there without being asked for too.</summary>
    public const string Metadata = "envoy.extensions.formatter.metadata.v3.Metadata";

    /// <summary>Its operators, <c>%CEL%</c> and <c>%TYPED_CEL%</c>, are there without being asked for too.</summary>
    public const string Expressions = "envoy.extensions.formatter.cel.v3.Cel";

    public override string TypeName => typeName;

    public override string Supported => $"{typeName}: *";

    public override object Translate(ByteString message, Place place, TranslationContext context) => typeName;
}
