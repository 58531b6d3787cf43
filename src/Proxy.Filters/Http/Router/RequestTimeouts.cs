using System.Buffers.Text;
using Proxy.Http;

namespace Proxy.Filters.Http.Router;

/// <summary>How long the answer to a request may take. Reading it takes the headers that say so out of the request.</summary>
/// <param name="GlobalMilliseconds">Time for the whole answer once the request is complete; 0 for none.</param>
/// <param name="AnswersNoContent">A timeout is answered with 204 instead of 504.</param>
internal readonly record struct RequestTimeouts(long GlobalMilliseconds, bool AnswersNoContent)
{
    /// <summary>
    /// Takes the route's timeout unless <c>x-envoy-upstream-rq-timeout-ms</c> gives another (the connection manager lets only trusted clients), and
    /// tells the upstream by <c>x-envoy-expected-rq-timeout-ms</c>.
    /// </summary>
    public static RequestTimeouts Take(HeaderMap headers, long routeMilliseconds, bool tellUpstream)
    {
        var global = routeMilliseconds;
        if (headers.TryGet(KnownHeader.XEnvoyUpstreamRqTimeoutMs, out var value))
        {
            if (Utf8Parser.TryParse(value, out ulong asked, out var used) && used == value.Length)
            {
                global = (long)Math.Min(asked, long.MaxValue / 2);
            }

            headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutMs);
        }

        var noContent = headers.Remove(KnownHeader.XEnvoyUpstreamRqTimeoutAltResponse) > 0;
        if (tellUpstream && global > 0)
        {
            headers.Set(KnownHeader.XEnvoyExpectedRqTimeoutMs, global);
        }

        return new RequestTimeouts(global, noContent);
    }
}
