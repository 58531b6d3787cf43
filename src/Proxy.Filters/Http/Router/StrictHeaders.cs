using System.Buffers.Text;
using Proxy.Configuration;
using Proxy.Http;
using Proxy.Routing.Actions;

namespace Proxy.Filters.Http.Router;

/// <summary>Headers by which trusted clients steer the router, and whether what they say can be understood (Envoy <c>strict_check_headers</c>). Immutable.</summary>
internal sealed class StrictHeaders
{
    private readonly KnownHeader[] _headers;

    private StrictHeaders(KnownHeader[] headers)
    {
        _headers = headers;
    }

    /// <summary>Checks nothing.</summary>
    public static StrictHeaders None { get; } = new([]);

    /// <exception cref="ConfigException">A name is not one of those that can be checked.</exception>
    public static StrictHeaders Compile(ConfigList<string> names)
    {
        return names.Count == 0 ? None : new StrictHeaders([.. names.Select(static (name, i) => name.ToLowerInvariant() switch
        {
            "x-envoy-upstream-rq-timeout-ms" => KnownHeader.XEnvoyUpstreamRqTimeoutMs,
            "x-envoy-upstream-rq-per-try-timeout-ms" => KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs,
            "x-envoy-max-retries" => KnownHeader.XEnvoyMaxRetries,
            "x-envoy-retry-on" => KnownHeader.XEnvoyRetryOn,
            "x-envoy-retry-grpc-on" => KnownHeader.XEnvoyRetryGrpcOn,
            _ => throw new ConfigException($"strict_check_headers[{i}]", $"{name} cannot be checked"),
        })]);
    }

    /// <summary>The first header that cannot be understood; <see cref="KnownHeader.None"/> when all can.</summary>
    public KnownHeader FindFault(HeaderMap headers)
    {
        foreach (var id in _headers)
        {
            if (headers.TryGet(id, out var value) && !IsValid(id, value))
            {
                return id;
            }
        }

        return KnownHeader.None;
    }

    private static bool IsValid(KnownHeader id, ReadOnlySpan<byte> value)
    {
        return id switch
        {
            KnownHeader.XEnvoyRetryOn => RetryConditionsReader.KnowsHttp(value),
            KnownHeader.XEnvoyRetryGrpcOn => RetryConditionsReader.KnowsGrpc(value),
            _ => Utf8Parser.TryParse(value, out ulong _, out var used) && used == value.Length,
        };
    }
}
