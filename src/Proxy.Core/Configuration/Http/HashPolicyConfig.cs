namespace Proxy.Configuration.Http;

/// <summary>Something of a request that is hashed for balancers that pick by hash (Envoy <c>RouteAction.HashPolicy</c>).</summary>
public abstract record HashPolicyConfig
{
    /// <summary>Leaves the policies behind out when this one or one before gave a hash. Default false.</summary>
    public bool Terminal { get; init; }
}

/// <summary>Hashes the values of a header, whatever their order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rewrite">Changes each value first; null for nothing.</param>
public sealed record HeaderHashConfig(string Name, RegexRewriteConfig? Rewrite = null) : HashPolicyConfig;

/// <summary>Hashes a cookie.</summary>
/// <param name="Name">Its name.</param>
public sealed record CookieHashConfig(string Name) : HashPolicyConfig
{
    /// <summary>
    /// Gives a client without the cookie one that lives as long, whole seconds; zero for as long as the browser does. Null: such clients have no hash.
    /// </summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Path of that cookie; empty for none.</summary>
    public string Path { get; init; } = "";

    /// <summary>Further attributes of that cookie.</summary>
    public ConfigList<CookieAttributeConfig> Attributes { get; init; } = [];
}

/// <summary>An attribute of a cookie; one without a value is its name alone.</summary>
public sealed record CookieAttributeConfig(string Name, string Value = "");

/// <summary>Hashes the client's address (<c>connection_properties.source_ip</c>).</summary>
public sealed record SourceIpHashConfig : HashPolicyConfig;

/// <summary>Hashes the first query parameter of a name.</summary>
public sealed record QueryParameterHashConfig(string Name) : HashPolicyConfig;

/// <summary>Hashes a text or number that a filter left in the filter state.</summary>
public sealed record FilterStateHashConfig(string Key) : HashPolicyConfig;
