using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Routing.Matching;

namespace Proxy.Matching;

/// <summary>A compiled comparison with a value of metadata. Immutable.</summary>
internal abstract class ValueMatcher
{
    private const int MaxDepth = 32;

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static ValueMatcher Compile(ValueMatcherConfig config, string path, FaultList faults) => Compile(config, path, faults, MaxDepth);

    /// <summary>True when <paramref name="value"/> compares as configured; <paramref name="exists"/> tells null from nothing.</summary>
    public abstract bool Matches(object? value, bool exists);

    private static ValueMatcher Compile(ValueMatcherConfig config, string path, FaultList faults, int depth)
    {
        if (depth == 0)
        {
            faults.Add(path, $"is nested more than {MaxDepth} deep");
            return new OfNull();
        }

        return config switch
        {
            NumberRangeMatcherConfig range => new OfNumber(range.Start, range.End),
            NumberMatcherConfig number => new OfExactNumber(number.Value),
            TextValueMatcherConfig text => new OfText(TextMatcher.Compile(text.Text, $"{path}.string_match", faults)),
            BoolMatcherConfig flag => new OfBool(flag.Value),
            PresentMatcherConfig present => new OfPresence(present.Present),
            ListMatcherConfig list => new OfList(Compile(list.Item, $"{path}.list_match.one_of", faults, depth - 1)),
            AnyValueMatcherConfig any => new OfAny(
                [.. any.Matchers.Select((matcher, i) => Compile(matcher, $"{path}.or_match.value_matchers[{i}]", faults, depth - 1))]),
            _ => new OfNull(),
        };
    }

    private sealed class OfNull : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => exists && value is null;
    }

    private sealed class OfNumber(double start, double end) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => value is double number && number >= start && number < end;
    }

    private sealed class OfExactNumber(double expected) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => value is double number && number.Equals(expected);
    }

    private sealed class OfText(TextMatcher? text) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => value is string given && text!.Matches(given);
    }

    private sealed class OfBool(bool expected) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => value is bool flag && flag == expected;
    }

    private sealed class OfPresence(bool expected) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists) => exists == expected;
    }

    private sealed class OfList(ValueMatcher item) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists)
        {
            if (value is List<object> list)
            {
                foreach (var one in list)
                {
                    if (item.Matches(one, exists: true))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    private sealed class OfAny(ValueMatcher[] matchers) : ValueMatcher
    {
        public override bool Matches(object? value, bool exists)
        {
            foreach (var matcher in matchers)
            {
                if (matcher.Matches(value, exists))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
