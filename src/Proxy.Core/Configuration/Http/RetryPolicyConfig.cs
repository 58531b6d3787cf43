namespace Proxy.Configuration.Http;

/// <summary>When and how a request is tried again (Envoy <c>route.v3.RetryPolicy</c>).</summary>
public sealed record RetryPolicyConfig
{
    /// <summary>Conditions, separated by commas, such as <c>5xx,reset</c> or, for gRPC, <c>unavailable</c>; unknown ones are ignored, as in Envoy.</summary>
    public string RetryOn { get; init; } = "";

    /// <summary>Retries after the first try. Default 1.</summary>
    public uint NumRetries { get; init; } = 1;

    /// <summary>Time for the head of one try's answer, once the request is complete; null is none.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>Time in which one try receives nothing; null is none.</summary>
    public TimeSpan? PerTryIdleTimeout { get; init; }

    /// <summary>Statuses that <c>retriable-status-codes</c> stands for.</summary>
    public ConfigList<int> RetriableStatusCodes { get; init; } = [];

    /// <summary>Headers of an answer, any of which <c>retriable-headers</c> stands for.</summary>
    public ConfigList<HeaderMatcherConfig> RetriableHeaders { get; init; } = [];

    /// <summary>Headers of a request, one of which must match before it is retried; empty for all requests.</summary>
    public ConfigList<HeaderMatcherConfig> RetriableRequestHeaders { get; init; } = [];

    /// <summary>First pause before a retry; a random part of it is taken. Null is 25 ms, or the runtime's <c>upstream.base_retry_backoff_ms</c>.</summary>
    public TimeSpan? BaseInterval { get; init; }

    /// <summary>Largest pause, which doubles from retry to retry; null is ten times the base.</summary>
    public TimeSpan? MaxInterval { get; init; }

    /// <summary>Headers of an answer that say when to come again (<c>rate_limited_retry_back_off</c>); the first that can be used is.</summary>
    public ConfigList<ResetHeaderConfig> ResetHeaders { get; init; } = [];

    /// <summary>A longer pause than this is not asked of anybody: such a reset header is ignored. Default 300 s.</summary>
    public TimeSpan MaxResetInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Hosts that a retry avoids.</summary>
    public ConfigList<RetryHostPredicateConfig> HostPredicates { get; init; } = [];

    /// <summary>Makes retries go to other priorities than the tries before; null for no such wish.</summary>
    public RetryPriorityConfig? Priority { get; init; }

    /// <summary>How often a host is picked again when it is one to avoid. Default 1.</summary>
    public int HostSelectionAttempts { get; init; } = 1;
}

/// <summary>A header that says when to come again.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsTimestamp">It holds a Unix time; false: seconds from now.</param>
public sealed record ResetHeaderConfig(string Name, bool IsTimestamp = false);

/// <summary>Hosts that a retry avoids.</summary>
public abstract record RetryHostPredicateConfig;

/// <summary>Those that were tried already (Envoy <c>PreviousHostsPredicate</c>).</summary>
public sealed record PreviousHostsPredicateConfig : RetryHostPredicateConfig;

/// <summary>Those marked by <c>canary: true</c> in their <c>envoy.lb</c> metadata (Envoy <c>OmitCanaryHostsPredicate</c>).</summary>
public sealed record OmitCanaryHostsPredicateConfig : RetryHostPredicateConfig;

/// <summary>Those that have all of these values in their <c>envoy.lb</c> metadata (Envoy <c>OmitHostMetadataConfig</c>); none when there are no values.</summary>
/// <param name="Metadata">Namespaces, each a JSON object; only <c>envoy.lb</c> counts.</param>
public sealed record OmitHostMetadataPredicateConfig(ConfigList<KeyValuePair<string, string>> Metadata) : RetryHostPredicateConfig;

/// <summary>Retries leave out the priorities that were tried (Envoy <c>PreviousPrioritiesConfig</c>).</summary>
/// <param name="UpdateFrequency">After how many tries the priorities tried so far are left out, again and again; 1 or more.</param>
public sealed record RetryPriorityConfig(int UpdateFrequency);
