namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>A field of a message of the API.</summary>
internal sealed class FieldType
{
    private static readonly FieldRules NoRules = new();

    private readonly string[] _ruleTexts;
    private FieldRules? _rules;

    public FieldType(int number, string name, string typeName, string label, string oneof, string flags, string slots, string[] rules)
    {
        Number = number;
        Name = name;
        IsMap = label == "map";
        IsRepeated = label == "repeated";
        IsOptional = label == "optional";
        if (IsMap)
        {
            var comma = typeName.IndexOf(',', StringComparison.Ordinal);
            KeyKind = KindOf(typeName[4..comma]);
            typeName = typeName[(comma + 1)..^1].Trim();
        }

        // The schema marks enums, so that a field need not look at their lines.
        var isEnum = typeName.StartsWith('#');
        TypeName = isEnum ? typeName[1..] : typeName;
        Kind = isEnum ? FieldKind.Enum : KindOf(TypeName);
        Oneof = oneof == "-" ? null : oneof;
        IsDisallowed = flags.Contains("disallowed_by_default", StringComparison.Ordinal);
        IsSensitive = flags.Contains("sensitive", StringComparison.Ordinal);
        Slots = slots == "-" ? [] : slots.Split(',');
        _ruleTexts = rules;
    }

    public int Number { get; }

    /// <summary>As in the .proto file: <c>stat_prefix</c>.</summary>
    public string Name { get; }

    /// <summary>Of the field, or of the values of a map.</summary>
    public FieldKind Kind { get; }

    public FieldKind KeyKind { get; }

    /// <summary>Full name of a message or enum, or the scalar's name.</summary>
    public string TypeName { get; }

    public bool IsMap { get; }

    public bool IsRepeated { get; }

    /// <summary>Marked <c>optional</c>: an unset scalar differs from its default.</summary>
    public bool IsOptional { get; }

    public string? Oneof { get; }

    /// <summary>A retired field that Envoy refuses.</summary>
    public bool IsDisallowed { get; }

    /// <summary>A secret: not to be shown in dumps.</summary>
    public bool IsSensitive { get; }

    /// <summary>Extension categories that may be plugged in here; empty when the field is no extension point.</summary>
    public string[] Slots { get; }

    public bool HasRules => _ruleTexts.Length > 0;

    public FieldRules Rules => _rules ??= _ruleTexts.Length == 0 ? NoRules : RuleParser.Parse(_ruleTexts);

    public bool IsScalar => Kind <= FieldKind.Enum;

    /// <summary>Whether an unset field is the same as one with its default, so that rules apply to the default.</summary>
    public bool HasImplicitDefault => IsScalar && !IsRepeated && !IsMap && Oneof is null && !IsOptional;

    /// <summary>The lowerCamelCase form.</summary>
    public string JsonName
    {
        get
        {
            Span<char> name = stackalloc char[Name.Length];
            var length = 0;
            for (var i = 0; i < Name.Length; i++)
            {
                name[length++] = Name[i] == '_' && i + 1 < Name.Length ? char.ToUpperInvariant(Name[++i]) : Name[i];
            }

            return name[..length].ToString();
        }
    }

    private static FieldKind KindOf(string type) => type switch
    {
        "double" => FieldKind.Double,
        "float" => FieldKind.Float,
        "int32" => FieldKind.Int32,
        "int64" => FieldKind.Int64,
        "uint32" => FieldKind.UInt32,
        "uint64" => FieldKind.UInt64,
        "bool" => FieldKind.Bool,
        "string" => FieldKind.String,
        "bytes" => FieldKind.Bytes,
        _ => WellKnownTypes.KindOf(type),
    };
}
