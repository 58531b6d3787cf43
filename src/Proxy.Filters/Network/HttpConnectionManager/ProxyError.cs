using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Proxy.Streams;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>A kind of failure of a proxy, as response flags tell of it.</summary>
/// <param name="Name">What RFC 9209 calls it.</param>
/// <param name="Status">The status that goes with it; null when any may.</param>
internal sealed record ProxyError(byte[] Name, int? Status = null)
{
    private static readonly ProxyError?[] ByBit = Table();

    /// <summary>What the lowest flag with a meaning stands for: the order that Envoy looks at them in.</summary>
    public static bool TryFind(ResponseFlags flags, [NotNullWhen(true)] out ProxyError? error)
    {
        error = null;
        for (var rest = (ulong)flags; rest != 0 && error is null; rest &= rest - 1)
        {
            error = ByBit[BitOperations.TrailingZeroCount(rest)];
        }

        return error is not null;
    }

    private static ProxyError?[] Table()
    {
        var unavailable = new ProxyError("destination_unavailable"u8.ToArray(), 503);
        var limit = new ProxyError("connection_limit_reached"u8.ToArray(), 503);
        var terminated = new ProxyError("connection_terminated"u8.ToArray(), 502);
        var late = new ProxyError("http_response_timeout"u8.ToArray(), 504);
        var request = new ProxyError("http_request_error"u8.ToArray());
        var table = new ProxyError?[64];
        Add(ResponseFlags.FailedLocalHealthCheck, unavailable);
        Add(ResponseFlags.NoHealthyUpstream, unavailable);
        Add(ResponseFlags.UpstreamRequestTimeout, late);
        Add(ResponseFlags.LocalReset, new("connection_timeout"u8.ToArray(), 504));
        Add(ResponseFlags.UpstreamRemoteReset, terminated);
        Add(ResponseFlags.UpstreamConnectionFailure, new("connection_refused"u8.ToArray(), 502));
        Add(ResponseFlags.UpstreamConnectionTermination, terminated);
        Add(ResponseFlags.UpstreamOverflow, limit);
        Add(ResponseFlags.NoRouteFound, new("destination_not_found"u8.ToArray(), 500));
        Add(ResponseFlags.RateLimited, limit);
        Add(ResponseFlags.RateLimitServiceError, limit);
        Add(ResponseFlags.UpstreamRetryLimitExceeded, unavailable);
        Add(ResponseFlags.StreamIdleTimeout, late);
        Add(ResponseFlags.InvalidEnvoyRequestHeaders, request);
        Add(ResponseFlags.DownstreamProtocolError, request);
        Add(ResponseFlags.UpstreamMaxStreamDurationReached, late);
        Add(ResponseFlags.NoFilterConfigFound, new("proxy_configuration_error"u8.ToArray(), 500));
        Add(ResponseFlags.UpstreamProtocolError, new("http_protocol_error"u8.ToArray(), 502));
        Add(ResponseFlags.NoClusterFound, unavailable);
        Add(ResponseFlags.DnsResolutionFailed, new("dns_error"u8.ToArray(), 502));
        return table;

        void Add(ResponseFlags flag, ProxyError error) => table[BitOperations.TrailingZeroCount((ulong)flag)] = error;
    }
}
