using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing.Matching;

namespace Proxy.Filters.Admin;

/// <summary>Which paths, with their queries, the admin interface answers. Immutable.</summary>
internal sealed class AllowedPaths
{
    private readonly TextMatcher[] _matchers; // empty for all

    private AllowedPaths(TextMatcher[] matchers) => _matchers = matchers;

    /// <summary>Compiles them; empty is all.</summary>
    /// <exception cref="ConfigException">A matcher cannot be used.</exception>
    public static AllowedPaths Compile(ConfigList<StringMatcherConfig> paths)
    {
        var faults = new FaultList();
        var matchers = paths.Select((path, i) => TextMatcher.Compile(path, $"allow_paths[{i}]", faults)!).ToArray();
        faults.ThrowIfAny();
        return new AllowedPaths(matchers);
    }

    /// <summary>Whether a request for that is answered.</summary>
    public bool Contains(ReadOnlySpan<byte> path)
    {
        foreach (var matcher in _matchers)
        {
            if (matcher.Matches(path))
            {
                return true;
            }
        }

        return _matchers.Length == 0;
    }
}
