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

    private const string StatusKey = "fault.http.abort.http_status";
    private const string DelayKey = "fault.http.delay.fixed_duration_ms";

    private readonly HeaderMatcher[] _headers;
    private readonly string _cluster;
    private readonly RuntimeFraction _abortShare;
    private readonly RuntimeFraction _delayShare;
    private readonly RuntimeSnapshot _runtime;
    private readonly int _abortStatus;
    private readonly long _delayMilliseconds;

    private FaultModel(FaultConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        _headers = [.. config.Headers.Select((header, i) => HeaderMatcher.Compile(header, $"headers[{i}]", faults))];
        _cluster = config.UpstreamCluster;
        _runtime = runtime;
        if (config.Abort is { } abort)
        {
            _abortShare = RuntimeFraction.Compile(abort.Share, runtime);
            _abortStatus = abort.Status;
            if (!IsStatus(_abortStatus))
            {
                faults.Add("abort.http_status", "must be between 200 and 599");
            }
        }

        if (config.Delay is { } delay)
        {
            _delayShare = RuntimeFraction.Compile(delay.Share, runtime);
            _delayMilliseconds = (long)delay.Delay.TotalMilliseconds;
        }
    }

    /// <summary>Status of failures; 0 for none.</summary>
    public int AbortStatus
    {
        get
        {
            var status = _abortStatus == 0 ? 0 : _runtime.GetInteger(StatusKey, _abortStatus);
            return IsStatus(status) ? (int)status : _abortStatus;
        }
    }

    /// <summary>Length of delays; 0 for none.</summary>
    public long DelayMilliseconds => _delayMilliseconds == 0 ? 0 : _runtime.GetInteger(DelayKey, _delayMilliseconds);

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

    public bool IsAborted(ulong chance) => _abortStatus > 0 && _abortShare.Includes(chance);

    public bool IsDelayed(ulong chance) => _delayMilliseconds > 0 && _delayShare.Includes(chance) && DelayMilliseconds > 0;

    private static bool IsStatus(long status) => status is >= 200 and <= 599;
}
