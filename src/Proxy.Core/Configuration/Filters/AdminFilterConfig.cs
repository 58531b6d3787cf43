namespace Proxy.Configuration.Filters;

/// <summary>The terminal HTTP filter that serves the admin interface; a proxy makes it for its admin listener.</summary>
public sealed record AdminFilterConfig
{
    /// <summary>Paths with their queries that are answered, others with 403; empty for all.</summary>
    public ConfigList<Http.StringMatcherConfig> AllowPaths { get; init; } = [];
}
