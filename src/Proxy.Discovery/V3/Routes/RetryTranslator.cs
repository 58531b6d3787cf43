using Envoy.Config.Route.V3;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Routes;

/// <summary>Translates retry policies of routes and virtual hosts.</summary>
internal static class RetryTranslator
{
    public static RetryPolicyConfig? Translate(RetryPolicy? policy, Place place, TranslationContext context)
    {
        if (policy is null)
        {
            return null;
        }

        var low = policy.RetryBackOff?.BaseInterval.ToTimeSpanOrNull();
        var high = policy.RetryBackOff?.MaxInterval.ToTimeSpanOrNull();
        if (low < TimeSpan.FromMilliseconds(1))
        {
            low = TimeSpan.FromMilliseconds(1); // as in Envoy: a pause is counted in whole milliseconds
        }

        if (high < low)
        {
            context.Fault(place.Field("retry_back_off").Field("max_interval"), "must not be less than base_interval");
        }

        return new RetryPolicyConfig
        {
            RetryOn = policy.RetryOn,
            NumRetries = policy.NumRetries ?? 1,
            PerTryTimeout = policy.PerTryTimeout.TimeoutOr(null),
            PerTryIdleTimeout = policy.PerTryIdleTimeout.TimeoutOr(null),
            RetriableStatusCodes = policy.RetriableStatusCodes.Select(static code => code.ToInt()).ToConfigList(),
            RetriableHeaders = policy.RetriableHeaders
                .Select((header, i) => RouteMatchTranslator.Header(header, place.Field("retriable_headers").Item(i), context)).ToConfigList(),
            RetriableRequestHeaders = policy.RetriableRequestHeaders
                .Select((header, i) => RouteMatchTranslator.Header(header, place.Field("retriable_request_headers").Item(i), context)).ToConfigList(),
            BaseInterval = low,
            MaxInterval = high,
            ResetHeaders = ResetHeaders(policy.RateLimitedRetryBackOff),
            MaxResetInterval = policy.RateLimitedRetryBackOff?.MaxInterval.ToTimeSpanOrNull() ?? TimeSpan.FromSeconds(300),
            HostPredicates = HostPredicates(policy, place.Field("retry_host_predicate"), context),
            Priority = policy.RetryPriority is { } priority
                ? (RetryPriorityConfig?)context.Extensions.Translate(priority.TypedConfig, place.Field("retry_priority").Field("typed_config"), context)
                : null,
            HostSelectionAttempts = (int)Math.Clamp(policy.HostSelectionRetryMaxAttempts, 0, 1000) is var attempts and > 0 ? attempts : 1,
        };
    }

    /// <summary>What a route does not say about retries and hedging is as its virtual host says.</summary>
    public static RouteConfig Inherit(RouteConfig route, RouteAction? action, VirtualHost host, RetryPolicyConfig? retries)
    {
        if (route.Action is not ForwardActionConfig forward)
        {
            return route;
        }

        var policy = forward.RetryPolicy ?? retries;
        var limit = forward.RequestBufferLimit ?? LimitOf(host.RequestBodyBufferLimit, host.PerRequestBufferLimitBytes);
        var hedges = (action?.HedgePolicy ?? host.HedgePolicy)?.HedgeOnPerTryTimeout ?? false;
        return policy == forward.RetryPolicy && limit == forward.RequestBufferLimit && hedges == forward.HedgesOnPerTryTimeout
            ? route
            : route with { Action = forward with { RetryPolicy = policy, RequestBufferLimit = limit, HedgesOnPerTryTimeout = hedges } };
    }

    /// <summary>The limit of one level, which has an old and a new field for it.</summary>
    public static long? LimitOf(ulong? bytes, uint? oldBytes) => bytes is { } limit ? (long)Math.Min(limit, long.MaxValue) : oldBytes;

    private static ConfigList<ResetHeaderConfig> ResetHeaders(RetryPolicy.Types.RateLimitedRetryBackOff? backOff)
    {
        return backOff is null
            ? []
            : backOff.ResetHeaders.Select(static header =>
                new ResetHeaderConfig(header.Name, header.Format == RetryPolicy.Types.ResetHeaderFormat.UnixTimestamp)).ToConfigList();
    }

    private static ConfigList<RetryHostPredicateConfig> HostPredicates(RetryPolicy policy, Place place, TranslationContext context)
    {
        var predicates = new List<RetryHostPredicateConfig>(policy.RetryHostPredicate.Count);
        for (var i = 0; i < policy.RetryHostPredicate.Count; i++)
        {
            var at = place.Item(i).Field("typed_config");
            if (context.Extensions.Translate(policy.RetryHostPredicate[i].TypedConfig, at, context) is { } predicate)
            {
                predicates.Add((RetryHostPredicateConfig)predicate);
            }
        }

        return predicates.ToConfigList();
    }
}
