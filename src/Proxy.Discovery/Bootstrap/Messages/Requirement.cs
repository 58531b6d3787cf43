using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Says what a missing field should hold.</summary>
internal static class Requirement
{
    public static string Of(FieldType field) => field switch
    {
        { IsMap: true } => "a map",
        { IsRepeated: true } => "a list",
        { Kind: FieldKind.Duration } => "a duration such as 5s",
        { Kind: FieldKind.Any } => "a map with @type and the settings of that type",
        { Kind: FieldKind.String } => "a string that is not empty",
        { Kind: FieldKind.Bytes } => "base64 text that is not empty",
        { Kind: FieldKind.Message } => $"settings of {ShortName(field.TypeName)}",
        _ => "a value",
    };

    private static string ShortName(string type) => type[(type.LastIndexOf('.') + 1)..];
}
