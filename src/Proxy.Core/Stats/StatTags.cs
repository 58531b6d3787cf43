using System.Text.RegularExpressions;
using Proxy.Configuration;

namespace Proxy.Stats;

/// <summary>Splits the names of stats into what they measure and the tags that say of what, by Envoy's rules. Immutable; from any thread.</summary>
internal sealed class StatTags
{
    private readonly (string Name, string Value)[] _fixed;
    private readonly (string Name, Regex Regex)[] _custom;
    private readonly HashSet<string>? _defaults; // names of the default tags in use; null for all

    public StatTags(StatsConfig config)
    {
        _defaults = config.UseAllDefaultTags
            ? null
            : config.Tags.Where(tag => tag is { Regex: null, FixedValue: null }).Select(tag => tag.Name).ToHashSet(StringComparer.Ordinal);
        _fixed = [.. config.Tags.Where(tag => tag.FixedValue is not null).Select(tag => (tag.Name, tag.FixedValue!))];
        _custom =
        [
            .. config.Tags.Where(tag => tag.Regex is not null)
                .Select(tag => (tag.Name, new Regex(tag.Regex!, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))),
        ];
    }

    /// <summary>The default rules alone.</summary>
    public static StatTags Default { get; } = new(new StatsConfig());

    /// <summary>Whether <paramref name="tag"/> is one of Envoy's default tags, which need no rule of the user's.</summary>
    public static bool IsDefault(string tag) => StatTagRules.Names.Contains(tag);

    /// <summary>The name without its tags, and the tags.</summary>
    public StatTagResult Extract(string name)
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var (tag, value) in _fixed)
        {
            tags.Add(new(tag, value));
        }

        // Every rule looks at the whole name, whatever others have taken out of it.
        var cuts = new StatNameCuts(name);
        if (_defaults is not { Count: 0 })
        {
            TakeDefaults(name, cuts, tags);
        }

        foreach (var (tag, regex) in _custom)
        {
            TakeByRegex(name, tag, regex, cuts, tags);
        }

        return new StatTagResult(cuts.Rest(), tags);
    }

    // The first group is what goes out of the name, the second (or else the first) the value.
    private static void TakeByRegex(string name, string tag, Regex regex, StatNameCuts cuts, List<KeyValuePair<string, string>> tags)
    {
        var match = regex.Match(name);
        if (!match.Success || match.Groups.Count < 2 || !match.Groups[1].Success)
        {
            return;
        }

        var value = match.Groups.Count > 2 && match.Groups[2].Success ? match.Groups[2] : match.Groups[1];
        tags.Add(new(tag, value.Value));
        cuts.Cut(match.Groups[1].Index, match.Groups[1].Index + match.Groups[1].Length);
    }

    private bool Uses(string tag) => _defaults is null || _defaults.Contains(tag);

    private void TakeDefaults(string name, StatNameCuts cuts, List<KeyValuePair<string, string>> tags)
    {
        TakeResponseCode(name, cuts, tags);
        var tokens = StatTagRules.Split(name);
        foreach (var rule in StatTagRules.For(tokens))
        {
            if (Uses(rule.Tag) && rule.TryTake(tokens, cuts, out var value))
            {
                tags.Add(new(rule.Tag, value));
            }
        }
    }

    // upstream_rq_2xx and upstream_rq_503: all of a kind share a name.
    private void TakeResponseCode(string name, StatNameCuts cuts, List<KeyValuePair<string, string>> tags)
    {
        var code = name.Length - 3;
        if (code < 5 || !name.AsSpan(0, code).EndsWith("_rq_"))
        {
            return;
        }

        if (Uses(StatTagRules.ResponseCodeClass) && name.EndsWith("xx", StringComparison.Ordinal) && char.IsAsciiDigit(name[code]))
        {
            tags.Add(new(StatTagRules.ResponseCodeClass, name.Substring(code, 1)));
            cuts.Cut(code, code + 1);
        }
        else if (Uses(StatTagRules.ResponseCode) && name.AsSpan(code).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            tags.Add(new(StatTagRules.ResponseCode, name[code..]));
            cuts.Cut(code - 1, name.Length);
        }
    }
}

/// <summary>A stat's name without its tags, and the tags.</summary>
internal readonly record struct StatTagResult(string Name, IReadOnlyList<KeyValuePair<string, string>> Tags);
