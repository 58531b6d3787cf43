namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that answers gRPC calls to the admin interface; a proxy makes it for its admin listener.</summary>
internal sealed record AdminGrpcFilterConfig
{
    /// <summary>Paths that are answered, others are left to what answers plain HTTP; empty for all.</summary>
    public ConfigList<Http.StringMatcherConfig> AllowPaths { get; init; } = [];
}
