using System.Buffers.Text;
using Proxy.Http;

namespace Proxy.Filters.Http.Router;

/// <summary>How long the answer to a request may take. Reading it takes the headers that say so out of the request.</summary>
/// <param name="GlobalMilliseconds">Time for the whole answer once the request is complete; 0 for none.</param>
/// <param name="PerTryMilliseconds">Time for the head of one try's answer; 0 for none.</param>
/// <param name="AnswersNoContent">A timeout is answered with 204 instead of 504.</param>
internal readonly record struct RequestTimeouts(long GlobalMilliseconds, long PerTryMilliseconds, bool AnswersNoContent)
{
    /// <summary>
    /// Takes the route's timeouts unless <c>x-envoy-upstream-rq-timeout-ms</c> and <c>x-envoy-upstream-rq-per-try-timeout-ms</c> give others (the
    /// connection manager lets only trusted clients), and tells the upstream by <c>x-envoy-expected-rq-timeout-ms</c>.
    /// </summary>
    public static RequestTimeouts Take(HeaderMap headers, long routeMilliseconds, long perTryMilliseconds, bool respectExpected, bool tellUpstream)
    {
        if (!respectExpected || !TryParse(headers, KnownHeader.XEnvoyExpectedRqTimeoutMs, out var global))
        {
            global = Take(headers, KnownHeader.XEnvoyUpstreamRqTimeoutMs, routeMilliseconds);
        }

        var perTry = Take(headers, KnownHeader.XEnvoyUpstreamRqPerTryTimeoutMs, perTryMilliseconds);
        if (global > 0 && perTry >= global)
        {
            perTry = 0; // it could never be reached
        }

        var timeouts = new RequestTimeouts(global, perTry, headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse) > 0);
        if (tellUpstream)
        {
            timeouts.TellUpstream(headers, 0);
        }

        return timeouts;
    }

    /// <summary>Says in <c>x-envoy-expected-rq-timeout-ms</c> how long a try may take that starts now, <paramref name="elapsed"/> ms after the request.</summary>
    public void TellUpstream(HeaderMap headers, long elapsed)
    {
        var expected = PerTryMilliseconds > 0 ? PerTryMilliseconds : GlobalMilliseconds;
        if (expected > 0)
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
