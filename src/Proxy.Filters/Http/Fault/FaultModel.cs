using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Matching;
using Proxy.Stats;

namespace Proxy.Filters.Http.Fault;

/// <summary>Compiled faults. Immutable, shared by all workers.</summary>
internal sealed class FaultModel
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Aborts = Schema.Counter("aborts_injected");
    public static readonly CounterId Delays = Schema.Counter("delays_injected");
    public static readonly CounterId Overflows = Schema.Counter("faults_overflow");
    public static readonly CounterId RateLimits = Schema.Counter("response_rl_injected");
    public static readonly GaugeId Active = Schema.Gauge("active_faults");

    private readonly HeaderMatcher[] _headers;
    private readonly string _cluster;
    private readonly RuntimeFraction _abortShare;
    private readonly RuntimeFraction _delayShare;

    private FaultModel(FaultConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        _headers = [.. config.Headers.Select((header, i) => HeaderMatcher.Compile(header, $"headers[{i}]", faults))];
        _cluster = config.UpstreamCluster;
        if (config.Abort is { } abort)
        {
            _abortShare = RuntimeFraction.Compile(abort.Share, runtime);
            AbortStatus = (int)runtime.GetInteger("fault.http.abort.http_status", abort.Status);
            if (AbortStatus is < 200 or > 599)
            {
                faults.Add("abort.http_status", "must be between 200 and 599");
            }
        }

        if (config.Delay is { } delay)
        {
            _delayShare = RuntimeFraction.Compile(delay.Share, runtime);
            DelayMilliseconds = runtime.GetInteger("fault.http.delay.fixed_duration_ms", (long)delay.Delay.TotalMilliseconds);
        }
    }

    /// <summary>Status of failures; 0 for none.</summary>
    public int AbortStatus { get; }

    /// <summary>Length of delays; 0 for none.</summary>
    public long DelayMilliseconds { get; }

    /// <exception cref="ConfigException">A rule is broken; all faults are listed.</exception>
    public static FaultModel Compile(FaultConfig config, RuntimeSnapshot runtime)
    {
        var faults = new FaultList();
        var model = new FaultModel(config, runtime, faults);
        faults.ThrowIfAny();
        return model;
    }

    /// <summary>True when the request is one of those that may fail.</summary>
    public bool Concerns(HeaderMap headers, Route? route)
    {
        if (_cluster.Length > 0 && route?.ClusterName != _cluster)
        {
            return false;
        }

        foreach (var header in _headers)
        {
            if (!header.Matches(headers))
            {
                return false;
            }
        }

        return true;
    }

    public bool IsAborted(ulong chance) => AbortStatus > 0 && _abortShare.Includes(chance);

    public bool IsDelayed(ulong chance) => DelayMilliseconds > 0 && _delayShare.Includes(chance);
}
