namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>The <c>google.protobuf</c> messages, which come with every runtime and have a text form of their own.</summary>
internal static class WellKnownTypes
{
    /// <summary>The enum that has one value.</summary>
    public const string NullValue = "google.protobuf.NullValue";

    private const string Prefix = "google.protobuf.";

    /// <summary>Their fields, for where Envoy takes them written out as a plain message: <c>{seconds: 1}</c>, <c>{value: 5}</c>.</summary>
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["Any"] = "type_url string value bytes",
        ["BoolValue"] = "value bool",
        ["BytesValue"] = "value bytes",
        ["DoubleValue"] = "value double",
        ["Duration"] = "seconds int64 nanos int32",
        ["Empty"] = "",
        ["FieldMask"] = "paths string",
        ["FloatValue"] = "value float",
        ["Int32Value"] = "value int32",
        ["Int64Value"] = "value int64",
        ["ListValue"] = "values google.protobuf.Value",
        ["StringValue"] = "value string",
        ["Struct"] = "fields google.protobuf.Value",
        ["Timestamp"] = "seconds int64 nanos int32",
        ["UInt32Value"] = "value uint32",
        ["UInt64Value"] = "value uint64",
        ["Value"] = "",
    };

    public static FieldKind KindOf(string type) => !type.StartsWith(Prefix, StringComparison.Ordinal)
        ? FieldKind.Message
        : type[Prefix.Length..] switch
        {
            "Any" => FieldKind.Any,
            "Duration" => FieldKind.Duration,
            "Timestamp" => FieldKind.Timestamp,
            "FieldMask" => FieldKind.FieldMask,
            "Struct" => FieldKind.Struct,
            "Value" => FieldKind.Value,
            "ListValue" => FieldKind.ListValue,
            "Empty" => FieldKind.Message,
            "NullValue" => FieldKind.Enum,
            _ => FieldKind.Wrapper,
        };

    public static MessageType? TryMessage(string type)
    {
        if (!type.StartsWith(Prefix, StringComparison.Ordinal) || !Fields.TryGetValue(type[Prefix.Length..], out var text))
        {
            return null;
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fields = new FieldType[words.Length / 2];
        for (var i = 0; i < fields.Length; i++)
        {
            var label = words[i * 2] is "paths" or "values" ? "repeated" : "-";
            fields[i] = new FieldType(i + 1, words[i * 2], words[(i * 2) + 1], label, "-", "-", "-", []);
        }

        return new MessageType(type, [], fields);
    }
}
