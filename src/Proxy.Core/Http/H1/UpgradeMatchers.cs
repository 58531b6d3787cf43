using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing.Matching;

namespace Proxy.Http.H1;

/// <summary>Compiles the protocols whose offers are ignored.</summary>
internal static class UpgradeMatchers
{
    /// <summary>Compiles <see cref="Http1Config.IgnoredUpgrades"/>, adding faults.</summary>
    public static TextMatcher[] Compile(Http1Config config, string path, FaultList faults)
    {
        return [.. config.IgnoredUpgrades.Select((matcher, i) => TextMatcher.Compile(matcher, $"{path}.ignore_http_11_upgrade[{i}]", faults)).OfType<TextMatcher>()];
    }
}
