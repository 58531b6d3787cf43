using System.Buffers.Text;
using Proxy.Http;
using Proxy.Routing.Actions;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

/// <summary>How long the answer to a request may take. Reading it takes the headers that say so out of the request.</summary>
/// <param name="GlobalMilliseconds">Time for the whole answer once the request is complete; 0 for none.</param>
/// <param name="PerTryMilliseconds">Time for the head of one try's answer; 0 for none.</param>
/// <param name="AnswersNoContent">A timeout is answered with 204 instead of 504.</param>
/// <param name="Hedges">A slow try goes on: the upstream has the time for the whole answer, not that for one try.</param>
internal readonly record struct RequestTimeouts(long GlobalMilliseconds, long PerTryMilliseconds, bool AnswersNoContent, bool Hedges)
{
    /// <summary>
    /// Takes the route's timeouts unless <c>x-envoy-upstream-rq-timeout-ms</c> and <c>x-envoy-upstream-rq-per-try-timeout-ms</c> give others (the
    /// connection manager lets only trusted clients), and tells the upstream by <c>x-envoy-expected-rq-timeout-ms</c>.
    /// </summary>
    public static RequestTimeouts Take(HeaderMap headers, ForwardAction route, bool respectExpected, bool tellUpstream, bool hedges)
    {
        var isGrpc = route.Durations is { CapsGrpcTimeout: true } && GrpcReply.IsGrpcRequest(headers);
        var routeMilliseconds = isGrpc ? route.Durations!.CapGrpcTimeout(headers) : route.TimeoutMilliseconds;
        if (!respectExpected || !TryParse(headers, KnownHeader.XEnvoyExpectedRqTimeoutMs, out var global))
        {
            global = Take(headers, KnownHeader.XEnvoyUpstreamRqTimeoutMs, routeMilliseconds);
        }

        var perTry = Take(headers, KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs, route.Retries.PerTryMilliseconds);
        if (global > 0 && perTry >= global)
        {
            perTry = 0; // it could never be reached
        }

        var timeouts = new RequestTimeouts(global, perTry, headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse) > 0, hedges)
        {
            StreamMilliseconds = TryParse(headers, KnownHeader.XEnvoyUpstreamStreamDurationMs, out var duration) ? duration : null,
        };
        headers.Remove(KnownHeader.XEnvoyUpstreamStreamDurationMs);
        if (tellUpstream)
        {
            timeouts.TellUpstream(headers, 0);
        }

        if (isGrpc && timeouts.ExpectedMilliseconds > 0)
        {
            GrpcTimeout.Set(headers, timeouts.ExpectedMilliseconds);
        }

        return timeouts;
    }

    /// <summary>What <c>x-envoy-upstream-stream-duration-ms</c> asks for in place of the cluster's <c>max_stream_duration</c>; 0 for no limit, null for the cluster's.</summary>
    public long? StreamMilliseconds { get; init; }

    private long ExpectedMilliseconds => PerTryMilliseconds > 0 && !Hedges ? PerTryMilliseconds : GlobalMilliseconds;

    /// <summary>Says in <c>x-envoy-expected-rq-timeout-ms</c> how long a try may take that starts now, <paramref name="elapsed"/> ms after the request.</summary>
    public void TellUpstream(HeaderMap headers, long elapsed)
    {
        if (ExpectedMilliseconds is > 0 and var expected)
        {
            headers.Set(KnownHeader.XEnvoyExpectedRqTimeoutMs, GlobalMilliseconds > 0 ? Math.Clamp(GlobalMilliseconds - elapsed, 1, expected) : expected);
        }
    }

    private static long Take(HeaderMap headers, KnownHeader name, long unset)
    {
        var asked = TryParse(headers, name, out var value) ? value : unset;
        headers.Remove(name);
        return asked;
    }

    private static bool TryParse(HeaderMap headers, KnownHeader name, out long milliseconds)
    {
        milliseconds = 0;
        if (!headers.TryGet(name, out var text) || !Utf8Parser.TryParse(text, out ulong asked, out var used) || used != text.Length)
        {
            return false;
        }

        milliseconds = (long)Math.Min(asked, long.MaxValue / 2);
        return true;
    }
}
