using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates what matches headers and query parameters.</summary>
internal static class HeaderMatchers
{
    public const string Objects =
        """
        header_matcher
          name! text
          value text
          regex bool
          range_match range_match
        range_match
          start! int
          end! int
        query_matcher
          name! text
          value text
          regex bool
        """;

    /// <summary>The v3 matchers of headers.</summary>
    public static IEnumerable<ConfigNode?> Headers(IEnumerable<ConfigNode> matchers) => matchers.Select(static matcher =>
    {
        var header = V3Map.At(matcher).Copy(matcher, "name");
        if (matcher.Get("range_match") is { } range)
        {
            return header.With("range_match", range).ToNode();
        }

        return matcher.TextOf("value").Length == 0 ? header.With("present_match", true).ToNode() : header.With("string_match", Text(matcher)).ToNode();
    });

    /// <summary>The v3 matchers of query parameters.</summary>
    public static IEnumerable<ConfigNode?> Parameters(IEnumerable<ConfigNode> matchers) => matchers.Select(static matcher =>
    {
        var parameter = V3Map.At(matcher).Copy(matcher, "name");
        return matcher.TextOf("value").Length == 0 ? parameter.With("present_match", true).ToNode() : parameter.With("string_match", Text(matcher)).ToNode();
    });

    /// <summary>A pattern that a whole text has to match.</summary>
    public static V3Map Pattern(ConfigNode pattern) => V3Map.At(pattern).With("safe_regex", Regex(pattern));

    /// <summary>A v3 pattern.</summary>
    public static V3Map Regex(ConfigNode pattern) => V3Map.At(pattern).With("regex", pattern);

    private static V3Map Text(ConfigNode matcher)
    {
        var value = matcher.Get("value")!;
        return matcher.IsTrue("regex") ? Pattern(value) : V3Map.At(value).With("exact", value);
    }
}
