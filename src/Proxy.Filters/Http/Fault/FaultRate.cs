using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Filters.Http.Fault;

/// <summary>Which responses are slow, and how slow. Immutable, shared by all workers.</summary>
internal sealed class FaultRate
{
    private readonly FaultRateLimitConfig _config;
    private readonly RuntimeFraction _share;

    private FaultRate(FaultRateLimitConfig config, RuntimeSnapshot runtime)
    {
        _config = config;
        _share = RuntimeFraction.Compile(config.Share, runtime);
    }

    public static FaultRate Compile(FaultRateLimitConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        if (!config.IsByHeader && config.KibibytesPerSecond < 1)
        {
            faults.Add("response_rate_limit.fixed_limit.limit_kbps", "must be 1 or more");
        }

        return new FaultRate(config, runtime);
    }

    /// <summary>Bytes a second that a response may have; 0 for any number.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="chance">Any number with equal right.</param>
    public double Decide(HeaderMap headers, ulong chance)
    {
        var rate = _config.IsByHeader ? FaultHeaders.Number(headers, FaultHeaders.Rate) ?? 0 : _config.KibibytesPerSecond;
        return rate > 0 && _share.Includes(chance, _config.IsByHeader ? FaultHeaders.MostOf(headers, FaultHeaders.RateShare) : ulong.MaxValue) ? rate * 1024d : 0;
    }
}
