using Proxy.Configuration.Discovery;

namespace Proxy.Configuration.Http;

/// <summary>A connection manager's route tables, of which a request's headers choose one (Envoy <c>ScopedRoutes</c>).</summary>
public sealed record ScopedRoutesConfig
{
    /// <summary>Name of the set; stands in its stats.</summary>
    public required string Name { get; init; }

    /// <summary>What a request's key is made of, in order. At least one part.</summary>
    public required ConfigList<ScopeKeyPartConfig> Key { get; init; }

    /// <summary>Where tables come from that scopes name; null where all scopes have their own.</summary>
    public ConfigSourceConfig? Tables { get; init; }

    /// <summary>The scopes, unless they come from <see cref="Source"/>.</summary>
    public ConfigList<RouteScopeConfig> Scopes { get; init; } = [];

    /// <summary>Where the scopes come from (<c>scoped_rds</c>); null for <see cref="Scopes"/>.</summary>
    public ConfigSourceConfig? Source { get; init; }
}

/// <summary>A part of a scope's key: a header's value or an element of it (Envoy <c>HeaderValueExtractor</c>).</summary>
/// <param name="HeaderName">The header; its first value counts. Without it a request has no key and no route.</param>
public sealed record ScopeKeyPartConfig(string HeaderName)
{
    /// <summary>What stands between elements; empty takes the value as one element.</summary>
    public string ElementSeparator { get; init; } = "";

    /// <summary>Which element, from 0; of no use with <see cref="ElementKey"/>.</summary>
    public int Index { get; init; }

    /// <summary>Takes the element with this key instead, its value: what follows <see cref="KeySeparator"/>. Null for <see cref="Index"/>.</summary>
    public string? ElementKey { get; init; }

    /// <summary>What stands between key and value of an element.</summary>
    public string KeySeparator { get; init; } = "=";
}

/// <summary>A route table and the key that chooses it (Envoy <c>ScopedRouteConfiguration</c>).</summary>
public sealed record RouteScopeConfig
{
    /// <summary>Name of the scope.</summary>
    public required string Name { get; init; }

    /// <summary>The key: a text for each part. No two scopes have the same.</summary>
    public required ConfigList<string> Key { get; init; }

    /// <summary>The table; null for the one named <see cref="TableName"/> from <see cref="ScopedRoutesConfig.Tables"/>.</summary>
    public RouteTableConfig? Table { get; init; }

    /// <summary>Name of the table where it comes from elsewhere.</summary>
    public string TableName { get; init; } = "";

    /// <summary>Asks for the table only once a request needs it and a filter asks for it (<c>on_demand</c>). Default false.</summary>
    public bool OnDemand { get; init; }
}
