using Proxy.Configuration.Http;

namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that changes heads, trailers and queries (Envoy <c>header_mutation.v3.HeaderMutation</c>).</summary>
/// <param name="Mutations">What is changed for every request.</param>
public sealed record HeaderMutationFilterConfig(HeaderMutationSet Mutations)
{
    /// <summary>
    /// Routes' changes come after those of their virtual host, and these after the table's, so that the most specific one has the last word. Default false:
    /// the other way round. The filter's own always come first.
    /// </summary>
    public bool MostSpecificWins { get; init; }
}

/// <summary>What a table, virtual host, route or weighted cluster adds to the filter (Envoy <c>HeaderMutationPerRoute</c>); all levels count.</summary>
/// <param name="Mutations">What is changed there.</param>
public sealed record HeaderMutationRouteConfig(HeaderMutationSet Mutations);

/// <summary>Changes of one request and its response (Envoy <c>header_mutation.v3.Mutations</c>).</summary>
public sealed record HeaderMutationSet
{
    /// <summary>Of the request's head.</summary>
    public ConfigList<HeaderMutationConfig> Request { get; init; } = [];

    /// <summary>Of the query in the request's path; after <see cref="Request"/>. The query comes out sorted by name.</summary>
    public ConfigList<QueryMutationConfig> Query { get; init; } = [];

    /// <summary>Of the request's trailers.</summary>
    public ConfigList<HeaderMutationConfig> RequestTrailers { get; init; } = [];

    /// <summary>Of the response's head, local replies included.</summary>
    public ConfigList<HeaderMutationConfig> Response { get; init; } = [];

    /// <summary>Of the response's trailers.</summary>
    public ConfigList<HeaderMutationConfig> ResponseTrailers { get; init; } = [];
}

/// <summary>One change of a query (Envoy <c>core.v3.KeyValueMutation</c>).</summary>
/// <param name="Key">Name of the parameter, without escapes; case matters.</param>
public sealed record QueryMutationConfig(string Key)
{
    /// <summary>New value, which may have command operators and is escaped where it must be; null removes the parameter.</summary>
    public string? Value { get; init; }

    /// <summary>How the value is added. Default appends.</summary>
    public HeaderAppendAction Action { get; init; }
}
