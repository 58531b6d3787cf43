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

    /// <summary>0 is none.</summary>
    public long PerTryMilliseconds { get; }

    /// <summary>0 is none.</summary>
    public long PerTryIdleMilliseconds { get; }

    public long MaxResetMilliseconds { get; }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static RetryPolicy Compile(RetryPolicyConfig config, string path, FaultList faults)
    {
        if (config.BaseInterval < TimeSpan.FromMilliseconds(1) || config.MaxInterval < config.BaseInterval)
        {
            faults.Add($"{path}.retry_back_off", "needs a base_interval of at least 1 ms and no smaller max_interval");
        }

        return new RetryPolicy(
            config,
            [.. config.RetriableHeaders.Select((header, i) => HeaderMatcher.Compile(header, $"{path}.retriable_headers[{i}]", faults))],
            [.. config.RetriableRequestHeaders.Select((header, i) => HeaderMatcher.Compile(header, $"{path}.retriable_request_headers[{i}]", faults))]);
    }

    private static long Milliseconds(TimeSpan? time) => time is { Ticks: > 0 } value ? Math.Max(1, (long)value.TotalMilliseconds) : 0;
}

/// <summary>A header that says when to come again.</summary>
internal readonly record struct ResetHeader(HeaderName Name, bool IsTimestamp);
