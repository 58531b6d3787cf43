using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Tells whether a value keeps the rules of its field; each broken one is a fault of its own.</summary>
internal sealed class RuleChecker(EncodeContext context)
{
    private static readonly SearchValues<char> HeaderNameChars = SearchValues.Create(
        "!#$%&'*+,-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public void Check(ValueRules? rules, in ScalarValue value, FaultPosition position)
    {
        if (rules is null || (rules.IgnoreEmpty && value.IsDefault))
        {
            return;
        }

        switch (value.Kind)
        {
            case FieldKind.String:
                CheckText(rules, value.Text, position);
                break;
            case FieldKind.Bytes:
                CheckLength("bytes.min_len", rules.MinLength, value.Bytes.Length, "bytes", position);
                CheckLength("bytes.max_len", rules.MaxLength, value.Bytes.Length, "bytes", position);
                break;
            case FieldKind.Double or FieldKind.Float:
                CheckDouble(rules, value.Number, position);
                break;
            case FieldKind.Bool when rules.MustBeTrue && value.Integer == 0:
                context.Fault(position, "bool.const", "must be true when it is set");
                break;
            case FieldKind.Int32 or FieldKind.Int64 or FieldKind.UInt32 or FieldKind.UInt64:
                CheckRange(rules, (decimal)value.Integer, "", "", position);
                break;
        }
    }

    public void CheckEnum(ValueRules? rules, EnumType type, int number, FaultPosition position)
    {
        if (rules is { DefinedOnly: true } && type.NameOf(number) is null)
        {
            context.Fault(position, "enum.defined_only", $"{number} is no value of {type.Name}", $"one of {string.Join(", ", type.ValueNames)}");
        }

        if (rules?.NotIn == number)
        {
            context.Fault(position, "enum.not_in", $"must not be {type.NameOf(number) ?? number.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    public void CheckDuration(ValueRules? rules, long seconds, int nanos, FaultPosition position)
    {
        // No rule of the API says so, yet no setting of Envoy takes one.
        if ((seconds < 0 || nanos < 0) && rules?.Gt is null && rules?.Gte is null)
        {
            context.Fault(position, "duration.gte", "must not be negative");
        }

        if (rules is not null)
        {
            CheckRange(rules, seconds + (nanos / 1_000_000_000m), "s", "duration.", position);
        }
    }

    public void CheckCount(FieldRules rules, int count, FaultPosition position)
    {
        if (count < rules.MinItems)
        {
            var what = rules.MinItems == 1 ? "must not be empty" : $"needs at least {rules.MinItems} items";
            context.Fault(position, "min_items", what);
        }

        if (count > rules.MaxItems)
        {
            context.Fault(position, "max_items", $"has {count} items, {rules.MaxItems} are allowed");
        }
    }

    private void CheckRange(ValueRules rules, decimal value, string unit, string kind, FaultPosition position)
    {
        // A window whose upper end lies below its lower one would mean "outside of"; no rule of the API does.
        if (value <= rules.Gt)
        {
            context.Fault(position, kind + "gt", $"must be greater than {rules.Gt:0.#########}{unit}");
        }

        if (value < rules.Gte)
        {
            context.Fault(position, kind + "gte", $"must be at least {rules.Gte:0.#########}{unit}");
        }

        if (value >= rules.Lt)
        {
            context.Fault(position, kind + "lt", $"must be less than {rules.Lt:0.#########}{unit}");
        }

        if (value > rules.Lte)
        {
            context.Fault(position, kind + "lte", $"must be at most {rules.Lte:0.#########}{unit}");
        }
    }

    private void CheckDouble(ValueRules rules, double value, FaultPosition position)
    {
        if (double.IsFinite(value) && Math.Abs(value) < 1e15)
        {
            CheckRange(rules, (decimal)value, "", "", position);
        }
        else if (rules.Gt is not null || rules.Gte is not null || rules.Lt is not null || rules.Lte is not null)
        {
            context.Fault(position, "range", $"{value.ToString(CultureInfo.InvariantCulture)} is out of range");
        }
    }

    private void CheckText(ValueRules rules, string text, FaultPosition position)
    {
        if (rules.MinLength is not null || rules.MaxLength is not null)
        {
            var points = 0;
            foreach (var _ in text.EnumerateRunes())
            {
                points++;
            }

            CheckLength("string.min_len", rules.MinLength, points, "characters", position);
            CheckLength("string.max_len", rules.MaxLength, points, "characters", position);
        }

        if (rules.MinBytes is not null || rules.MaxBytes is not null)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            CheckLength("string.min_bytes", rules.MinBytes, bytes, "bytes", position);
            CheckLength("string.max_bytes", rules.MaxBytes, bytes, "bytes", position);
        }

        if (rules.Prefix is not null && !text.StartsWith(rules.Prefix, StringComparison.Ordinal))
        {
            context.Fault(position, "string.prefix", $"must start with {rules.Prefix}");
        }

        if (rules.Suffix is not null && !text.EndsWith(rules.Suffix, StringComparison.Ordinal))
        {
            context.Fault(position, "string.suffix", $"must end with {rules.Suffix}");
        }

        if (rules.In is not null && !rules.In.Contains(text, StringComparer.Ordinal))
        {
            context.Fault(position, "string.in", $"must be one of {string.Join(", ", rules.In)}", Suggestion.DidYouMean(text, rules.In));
        }

        if (rules.Pattern is not null && !Regex.IsMatch(text, rules.Pattern, RegexOptions.CultureInvariant, PatternTimeout))
        {
            context.Fault(position, "string.pattern", $"does not match {rules.Pattern}");
        }

        CheckHeader(rules, text, position);
    }

    private void CheckHeader(ValueRules rules, string text, FaultPosition position)
    {
        if (rules.Header == HeaderRule.None)
        {
            return;
        }

        if (!rules.StrictHeader)
        {
            if (text.AsSpan().ContainsAny('\0', '\r', '\n'))
            {
                context.Fault(position, "string.well_known_regex", "must not contain NUL, CR or LF");
            }
        }
        else if (rules.Header == HeaderRule.Name)
        {
            var name = text.StartsWith(':') ? text.AsSpan(1) : text;
            if (name.IsEmpty || name.ContainsAnyExcept(HeaderNameChars))
            {
                context.Fault(position, "string.well_known_regex", "is not a header name");
            }
        }
        else if (text.AsSpan().ContainsAnyInRange('\0', '\b') || text.AsSpan().ContainsAnyInRange('\n', '\x1f') || text.Contains('\x7f'))
        {
            context.Fault(position, "string.well_known_regex", "is not a header value");
        }
    }

    private void CheckLength(string rule, int? bound, int length, string unit, FaultPosition position)
    {
        if (rule.EndsWith("min_len", StringComparison.Ordinal) || rule.EndsWith("min_bytes", StringComparison.Ordinal))
        {
            if (length < bound)
            {
                context.Fault(position, rule, bound == 1 ? "must not be empty" : $"needs at least {bound} {unit}, has {length}");
            }
        }
        else if (length > bound)
        {
            context.Fault(position, rule, $"has {length} {unit}, {bound} are allowed");
        }
    }
}
