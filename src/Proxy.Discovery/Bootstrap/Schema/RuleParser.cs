using System.Globalization;
using System.Text;

namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>Reads the rules of a schema line, such as <c>string.min_len=1</c> or <c>repeated.items.uint32.lte=65535</c>.</summary>
internal static class RuleParser
{
    public static FieldRules Parse(IEnumerable<string> rules)
    {
        var parsed = new FieldRules();
        foreach (var rule in rules)
        {
            var equals = rule.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? rule : rule[..equals];
            Apply(parsed, name, equals < 0 ? "" : rule[(equals + 1)..]);
        }

        return parsed;
    }

    private static void Apply(FieldRules rules, string name, string argument)
    {
        switch (name)
        {
            case "required" or "duration.required":
                rules.Required = argument != "false";
                break;
            case "oneof.required":
                rules.OneofRequired = true;
                break;
            case "repeated.min_items" or "map.min_pairs":
                rules.MinItems = Int(argument);
                break;
            case "repeated.max_items":
                rules.MaxItems = Int(argument);
                break;
            case "repeated.unique":
                rules.Unique = true;
                break;
            case "skip":
                break;
            default:
                ApplyValue(rules, name, argument);
                break;
        }
    }

    private static void ApplyValue(FieldRules rules, string name, string argument)
    {
        var rule = name[(name.LastIndexOf('.') + 1)..];
        if (name.StartsWith("map.keys.", StringComparison.Ordinal))
        {
            Apply(rules.Keys ??= new ValueRules(), rule, argument);
        }
        else if (name.StartsWith("map.values.", StringComparison.Ordinal) || name.StartsWith("repeated.items.", StringComparison.Ordinal))
        {
            Apply(rules.Items ??= new ValueRules(), rule, argument);
        }
        else
        {
            Apply(rules.Value ??= new ValueRules(), rule, argument);
        }
    }

    private static void Apply(ValueRules rules, string rule, string argument)
    {
        switch (rule)
        {
            case "gt":
                rules.Gt = Number(argument);
                break;
            case "gte":
                rules.Gte = Number(argument);
                break;
            case "lt":
                rules.Lt = Number(argument);
                break;
            case "lte":
                rules.Lte = Number(argument);
                break;
            case "defined_only":
                rules.DefinedOnly = true;
                break;
            case "not_in":
                rules.NotIn = Int(argument);
                break;
            case "const":
                rules.MustBeTrue = argument == "true";
                break;
            default:
                ApplyText(rules, rule, argument);
                break;
        }
    }

    private static void ApplyText(ValueRules rules, string rule, string argument)
    {
        switch (rule)
        {
            case "min_len":
                rules.MinLength = Int(argument);
                break;
            case "max_len":
                rules.MaxLength = Int(argument);
                break;
            case "min_bytes":
                rules.MinBytes = Int(argument);
                break;
            case "max_bytes":
                rules.MaxBytes = Int(argument);
                break;
            case "ignore_empty":
                rules.IgnoreEmpty = true;
                break;
            case "pattern":
                rules.Pattern = Text(argument);
                break;
            case "prefix":
                rules.Prefix = Text(argument);
                break;
            case "suffix":
                rules.Suffix = Text(argument);
                break;
            case "in":
                rules.In = [.. Texts(argument)];
                break;
            case "well_known_regex":
                rules.Header = argument == "HTTP_HEADER_NAME" ? HeaderRule.Name : HeaderRule.Value;
                break;
            case "strict":
                rules.StrictHeader = argument != "false";
                break;
            default:
                throw new InvalidDataException($"rule {rule} of the schema is not known");
        }
    }

    private static int Int(string argument) => int.Parse(argument, CultureInfo.InvariantCulture);

    // Durations of the schema are always whole or broken seconds with an s.
    private static decimal Number(string argument) =>
        decimal.Parse(argument.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Text(string argument) => argument.StartsWith('"') ? Texts(argument)[0] : argument;

    /// <summary>The quoted texts of a list, in which a backslash stands before a quote or another backslash.</summary>
    private static List<string> Texts(string argument)
    {
        var texts = new List<string>();
        StringBuilder? text = null;
        for (var i = 0; i < argument.Length; i++)
        {
            if (text is null)
            {
                text = argument[i] == '"' ? new StringBuilder() : null;
            }
            else if (argument[i] == '"')
            {
                texts.Add(text.ToString());
                text = null;
            }
            else
            {
                text.Append(argument[i] == '\\' ? argument[++i] : argument[i]);
            }
        }

        return texts;
    }
}
