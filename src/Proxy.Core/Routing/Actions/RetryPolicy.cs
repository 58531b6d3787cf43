using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Actions;

/// <summary>A compiled retry policy. Immutable, shared by all workers.</summary>
internal sealed class RetryPolicy
{
    private RetryPolicy(RetryPolicyConfig config, HeaderMatcher[] headers, HeaderMatcher[] requestHeaders)
    {
        var list = Encoding.UTF8.GetBytes(config.RetryOn);
        Config = config;
        Conditions = RetryConditionsReader.ReadHttp(list) | RetryConditionsReader.ReadGrpc(list);
        Headers = headers;
        RequestHeaders = requestHeaders;
        StatusCodes = [.. config.RetriableStatusCodes];
        ResetHeaders = [.. config.ResetHeaders.Select(static header => new ResetHeader(HeaderName.Of(header.Name), header.IsTimestamp))];
        AvoidsPreviousHosts = config.HostPredicates.Any(static predicate => predicate is PreviousHostsPredicateConfig);
        AvoidsCanaries = config.HostPredicates.Any(static predicate => predicate is OmitCanaryHostsPredicateConfig);
        AvoidedMetadata = [.. config.HostPredicates.OfType<OmitHostMetadataPredicateConfig>().Select(static predicate => AvoidedOf(predicate)).OfType<Dictionary<string, object>>()];
        PerTryMilliseconds = Milliseconds(config.PerTryTimeout);
        PerTryIdleMilliseconds = Milliseconds(config.PerTryIdleTimeout);
        MaxResetMilliseconds = (long)config.MaxResetInterval.TotalMilliseconds;
    }

    /// <summary>Of routes without a policy: nothing is retried unless a trusted client asks for it.</summary>
    public static RetryPolicy None { get; } = new(new RetryPolicyConfig(), [], []);

    public RetryPolicyConfig Config { get; }

    public RetryConditions Conditions { get; }

    public int[] StatusCodes { get; }

    /// <summary>Headers of answers.</summary>
    public HeaderMatcher[] Headers { get; }

    /// <summary>Headers of requests; one must match unless there are none.</summary>
    public HeaderMatcher[] RequestHeaders { get; }

    public ResetHeader[] ResetHeaders { get; }

    public bool AvoidsPreviousHosts { get; }

    public bool AvoidsCanaries { get; }

    /// <summary>The hosts that were tried matter.</summary>
    public bool NotesHosts => AvoidsPreviousHosts || Config.Priority is not null;

    /// <summary>Values in <c>envoy.lb</c> metadata, all of one set of which mark a host to avoid.</summary>
    public Dictionary<string, object>[] AvoidedMetadata { get; }

    /// <summary>A host is not what a retry should go to, whatever was tried before.</summary>
    public bool Avoids(Clusters.Host host)
    {
        if (AvoidsCanaries && host.IsCanary)
        {
            return true;
        }

        foreach (var values in AvoidedMetadata)
        {
            if (HasAll(host, values))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>0 is none.</summary>
    public long PerTryMilliseconds { get; }

    /// <summary>0 is none.</summary>
    public long PerTryIdleMilliseconds { get; }

    public long MaxResetMilliseconds { get; }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static RetryPolicy Compile(RetryPolicyConfig config, string path, FaultList faults)
    {
        if (config.BaseInterval < TimeSpan.FromMilliseconds(1) || config.MaxInterval < (config.BaseInterval ?? TimeSpan.FromMilliseconds(1)))
        {
            faults.Add($"{path}.retry_back_off", "needs a base_interval of at least 1 ms and no smaller max_interval");
        }

        if (config.Priority is { UpdateFrequency: < 1 })
        {
            faults.Add($"{path}.retry_priority.typed_config.update_frequency", "must be greater than 0");
        }

        return new RetryPolicy(
            config,
            [.. config.RetriableHeaders.Select((header, i) => HeaderMatcher.Compile(header, $"{path}.retriable_headers[{i}]", faults))],
            [.. config.RetriableRequestHeaders.Select((header, i) => HeaderMatcher.Compile(header, $"{path}.retriable_request_headers[{i}]", faults))]);
    }

    private static Dictionary<string, object>? AvoidedOf(OmitHostMetadataPredicateConfig predicate)
    {
        return MetadataTree.CompileOrThrow(predicate.Metadata)?.GetValueOrDefault("envoy.lb") is { Count: > 0 } values ? values : null;
    }

    private static bool HasAll(Clusters.Host host, Dictionary<string, object> values)
    {
        if (host.Metadata is null || !host.Metadata.TryGetValue("envoy.lb", out var own))
        {
            return false;
        }

        foreach (var (key, value) in values)
        {
            if (!own.TryGetValue(key, out var found) || !Equals(found, value))
            {
                return false;
            }
        }

        return true;
    }

    private static long Milliseconds(TimeSpan? time) => time is { Ticks: > 0 } value ? Math.Max(1, (long)value.TotalMilliseconds) : 0;
}

/// <summary>A header that says when to come again.</summary>
internal readonly record struct ResetHeader(HeaderName Name, bool IsTimestamp);
