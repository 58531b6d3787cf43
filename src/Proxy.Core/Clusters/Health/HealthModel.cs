using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Routing.Matching;

namespace Proxy.Clusters.Health;

/// <summary>A health check, compiled. Immutable.</summary>
internal sealed class HealthModel
{
    private readonly long _interval;
    private readonly long _unhealthyInterval;
    private readonly long _unhealthyEdgeInterval;
    private readonly long _healthyEdgeInterval;
    private readonly long _noTrafficInterval;
    private readonly long _noTrafficHealthyInterval;
    private readonly ulong _jitter;

    private HealthModel(HealthCheckConfig config)
    {
        Config = config;
        TimeoutMilliseconds = Milliseconds(config.Timeout);
        InitialJitter = (ulong)Milliseconds(config.InitialJitter);
        _interval = Milliseconds(config.Interval);
        _unhealthyInterval = Milliseconds(config.UnhealthyInterval ?? config.Interval);
        _unhealthyEdgeInterval = Milliseconds(config.UnhealthyEdgeInterval ?? config.UnhealthyInterval ?? config.Interval);
        _healthyEdgeInterval = Milliseconds(config.HealthyEdgeInterval ?? config.Interval);
        _noTrafficInterval = Milliseconds(config.NoTrafficInterval);
        _noTrafficHealthyInterval = Milliseconds(config.NoTrafficHealthyInterval ?? config.NoTrafficInterval);
        _jitter = (ulong)Milliseconds(config.IntervalJitter);
    }

    public HealthCheckConfig Config { get; }

    public long TimeoutMilliseconds { get; }

    /// <summary>In ms; 0 for none.</summary>
    public ulong InitialJitter { get; }

    /// <summary>What is sent over TCP.</summary>
    public byte[] Send { get; private init; } = [];

    /// <summary>What the answer must have inside.</summary>
    public PayloadMatcher Receive { get; private init; } = null!;

    /// <summary>Edits of the request; null for none.</summary>
    public HeaderEdits? Edits { get; private init; }

    /// <summary>Condition on the name of the service that answers; null for none.</summary>
    public TextMatcher? ServiceName { get; private init; }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static HealthModel Compile(HealthCheckConfig config, FormatEnvironment formats, string path, FaultList faults)
    {
        Check(config, path, faults);
        switch (config.Probe)
        {
            case HttpHealthProbeConfig http:
                path += ".http_health_check";
                if (http.Path.Length == 0)
                {
                    faults.Add(path + ".path", "required");
                }

                return new HealthModel(config)
                {
                    Send = PayloadMatcher.Bytes(http.Send, path + ".send.text", faults),
                    Receive = PayloadMatcher.Compile(http.Receive, path + ".receive", faults),
                    Edits = HeaderEdits.Compile(http.Edits, request: true, formats, path, faults),
                    ServiceName = http.ServiceName is { } name ? TextMatcher.Compile(name, path + ".service_name_matcher", faults) : null,
                };
            case TcpHealthProbeConfig tcp:
                path += ".tcp_health_check";
                return new HealthModel(config)
                {
                    Send = PayloadMatcher.Bytes(tcp.Send, path + ".send.text", faults),
                    Receive = PayloadMatcher.Compile(tcp.Receive, path + ".receive", faults),
                };
            case GrpcHealthProbeConfig grpc:
                return new HealthModel(config) { Edits = HeaderEdits.Compile(grpc.Edits, request: true, formats, path + ".grpc_health_check", faults) };
            default:
                faults.Add(path, $"{config.Probe.GetType().Name} is no known probe");
                return new HealthModel(config);
        }
    }

    /// <summary>The event log's name of the probe.</summary>
    public string ProbeName => Config.Probe switch
    {
        HttpHealthProbeConfig => "HTTP",
        GrpcHealthProbeConfig => "GRPC",
        _ => "TCP",
    };

    /// <summary>True for a status that says yes.</summary>
    public bool IsExpected(int status)
    {
        var expected = ((HttpHealthProbeConfig)Config.Probe).ExpectedStatuses;
        return expected.Count == 0 ? status == 200 : IsIn(expected, status);
    }

    /// <summary>True for a status that says no, but may be asked again.</summary>
    public bool IsRetriable(int status) => IsIn(((HttpHealthProbeConfig)Config.Probe).RetriableStatuses, status);

    /// <summary>Time to the next check, in ms.</summary>
    /// <param name="passed">How this one ended.</param>
    /// <param name="pending">A few more like it change the host's health.</param>
    /// <param name="hadTraffic">The cluster has had a connection.</param>
    /// <param name="runtime">May bound it, with <c>health_check.min_interval</c> and <c>health_check.max_interval</c>.</param>
    /// <param name="random">Decides the jitter.</param>
    public long NextPause(bool passed, bool pending, bool hadTraffic, RuntimeSnapshot runtime, Workers.IRandomSource random)
    {
        var pause = (hadTraffic, passed, pending) switch
        {
            (false, true, false) => _noTrafficHealthyInterval,
            (false, _, _) => _noTrafficInterval,
            (true, true, true) => _healthyEdgeInterval,
            (true, true, false) => _interval,
            (true, false, true) => _unhealthyEdgeInterval,
            _ => _unhealthyInterval,
        };
        var share = (ulong)pause * Config.IntervalJitterPercent / 100;
        pause += share == 0 ? 0 : (long)(random.Next() % share);
        pause += _jitter == 0 ? 0 : (long)(random.Next() % _jitter);
        pause = Math.Min(pause, runtime.GetInteger("health_check.max_interval", long.MaxValue));
        return Math.Max(1, Math.Max(pause, runtime.GetInteger("health_check.min_interval", 0)));
    }

    /// <summary>Where <paramref name="host"/> is asked.</summary>
    public EndPoint AddressOf(Host host)
    {
        var special = host.HealthCheck;
        var address = special?.Address is SocketAddressConfig own ? new IPEndPoint(own.Address, own.Port) : host.EndPoint;
        var port = special?.Port ?? Config.AltPort;
        return port is { } other && address is IPEndPoint ip ? new IPEndPoint(ip.Address, other) : address;
    }

    private static bool IsIn(ConfigList<Int64Range> ranges, int status) => ranges.Any(range => status >= range.Start && status < range.End);

    private static void Check(HealthCheckConfig config, string path, FaultList faults)
    {
        if (config.Timeout <= TimeSpan.Zero)
        {
            faults.Add(path + ".timeout", "must be greater than 0s");
        }

        if (config.Interval <= TimeSpan.Zero)
        {
            faults.Add(path + ".interval", "must be greater than 0s");
        }

        if (config.UnhealthyThreshold == 0 || config.HealthyThreshold == 0)
        {
            faults.Add(path + (config.UnhealthyThreshold == 0 ? ".unhealthy_threshold" : ".healthy_threshold"), "must be 1 or more");
        }
    }

    private static long Milliseconds(TimeSpan time) => Math.Max(0, (long)time.TotalMilliseconds);
}
