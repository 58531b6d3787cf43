using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Filters.Http.Fault;

/// <summary>Which requests wait, and how long. Immutable, shared by all workers.</summary>
internal sealed class FaultDelay(FaultDelayConfig config, RuntimeSnapshot runtime)
{
    private readonly RuntimeFraction _share = RuntimeFraction.Compile(config.Share, runtime);
    private readonly long _milliseconds = (long)config.Delay.TotalMilliseconds;

    /// <summary>How long a request waits, in ms; 0 for not.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="chance">Any number with equal right.</param>
    public long Decide(HeaderMap headers, ulong chance)
    {
        if (!_share.Includes(chance, config.IsByHeader ? FaultHeaders.MostOf(headers, FaultHeaders.DelayShare) : ulong.MaxValue))
        {
            return 0;
        }

        return (config.IsByHeader ? FaultHeaders.Number(headers, FaultHeaders.Delay) : _milliseconds) is { } delay and > 0
            ? runtime.GetInteger(config.DurationKey, delay)
            : 0;
    }
}
