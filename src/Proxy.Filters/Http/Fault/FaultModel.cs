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
    private readonly byte[][] _nodes;
    private readonly long _maxActive;
    private readonly string _maxActiveKey;
    private readonly RuntimeSnapshot _runtime;

    private FaultModel(FaultConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        _headers = [.. config.Headers.Select((header, i) => HeaderMatcher.Compile(header, $"headers[{i}]", faults))];
        _cluster = config.UpstreamCluster;
        _nodes = [.. config.DownstreamNodes.Select(System.Text.Encoding.UTF8.GetBytes)];
        _maxActive = config.MaxActiveFaults ?? long.MaxValue;
        _maxActiveKey = config.MaxActiveFaultsKey;
        _runtime = runtime;
        Abort = config.Abort is { } abort ? FaultAbort.Compile(abort, runtime, faults) : null;
        Delay = config.Delay is { } delay ? new FaultDelay(delay, runtime) : null;
        Rate = config.ResponseRateLimit is { } rate ? FaultRate.Compile(rate, runtime, faults) : null;
        Metadata = config.Metadata.Length == 0 ? null : MetadataTree.TryParse(config.Metadata);
        if (config.Metadata.Length > 0 && Metadata is null)
        {
            faults.Add("filter_metadata", "must be a JSON object");
        }
    }

    /// <summary>Failures; null for none.</summary>
    public FaultAbort? Abort { get; }

    /// <summary>Delays; null for none.</summary>
    public FaultDelay? Delay { get; }

    /// <summary>Slow responses; null for none.</summary>
    public FaultRate? Rate { get; }

    /// <summary>Requests that may be at fault at a time.</summary>
    public long MaxActive => _runtime.GetInteger(_maxActiveKey, _maxActive);

    /// <summary>Dynamic metadata of requests that are delayed or aborted; null for none.</summary>
    public IReadOnlyDictionary<string, object>? Metadata { get; }

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

        if (_nodes.Length > 0 && !IsOfNode(headers.Get(KnownHeader.XEnvoyDownstreamServiceNode)))
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

    private bool IsOfNode(ReadOnlySpan<byte> node)
    {
        foreach (var known in _nodes)
        {
            if (node.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }
}
