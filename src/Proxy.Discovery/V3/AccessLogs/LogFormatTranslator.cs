using System.Globalization;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.V3.Common;
using KeyValuePair = System.Collections.Generic.KeyValuePair;

namespace Proxy.Discovery.V3.AccessLogs;

/// <summary>Translates formats with command operators.</summary>
internal static class LogFormatTranslator
{
    public static LogFormatConfig Translate(SubstitutionFormatString? format, Place place, TranslationContext context)
    {
        if (format is null)
        {
            return LogFormatConfig.Default;
        }

        var shape = format.FormatCase switch
        {
            SubstitutionFormatString.FormatOneofCase.JsonFormat => FromStruct(format.JsonFormat),
            SubstitutionFormatString.FormatOneofCase.TextFormatSource => new LogFormatConfig
            {
                Text = DataSourceReader.ReadText(format.TextFormatSource, place.Field("text_format_source"), context),
            },
            _ => FromText(format.TextFormat),
        };
        var formatters = format.Formatters.TranslateEach(place, "formatters", context, Formatter);
        return shape with { OmitEmptyValues = format.OmitEmptyValues, AllowRequestWithoutQuery = formatters.Contains(FormatterTranslator.RequestWithoutQuery) }; // sort_properties changes nothing: the map has no other order
    }

    /// <summary>The format of a local reply's body; null when there is none.</summary>
    public static LocalReplyFormatConfig? ToLocalReply(SubstitutionFormatString? format, Place place, TranslationContext context) => format is null
        ? null
        : new LocalReplyFormatConfig(Translate(format, place, context), format.ContentType.Length == 0 ? null : format.ContentType);

    private static string? Formatter(TypedExtensionConfig formatter, Place place, TranslationContext context) =>
        context.Extensions.Translate(formatter.TypedConfig, place.Field("typed_config"), context) as string;

    // An empty text asks for the default line.
    public static LogFormatConfig FromText(string text) => text.Length == 0 ? LogFormatConfig.Default : new LogFormatConfig { Text = text };

    public static LogFormatConfig FromStruct(Struct json) => new() { Json = ToNode(json) };

    private static JsonFormatObject ToNode(Struct json) =>
        new(json.Fields.Select(f => KeyValuePair.Create(f.Key, ToNode(f.Value))).ToConfigList());

    private static JsonFormatNode ToNode(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StructValue => ToNode(value.StructValue),
        Value.KindOneofCase.ListValue => new JsonFormatArray(value.ListValue.Values.Select(ToNode).ToConfigList()),
        Value.KindOneofCase.StringValue => new JsonFormatText(value.StringValue),
        Value.KindOneofCase.BoolValue => new JsonFormatConstant(value.BoolValue ? "true" : "false"),
        Value.KindOneofCase.NumberValue => new JsonFormatConstant(value.NumberValue.ToString("R", CultureInfo.InvariantCulture)),
        _ => new JsonFormatConstant("null"),
    };
}
