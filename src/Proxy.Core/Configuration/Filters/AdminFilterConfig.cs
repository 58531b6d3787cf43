namespace Proxy.Configuration.Filters;

/// <summary>The terminal HTTP filter that serves the admin interface; a proxy makes it for its admin listener.</summary>
public sealed record AdminFilterConfig;
