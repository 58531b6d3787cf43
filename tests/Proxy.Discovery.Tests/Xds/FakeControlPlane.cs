using Envoy.Config.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.Xds;

/// <summary>A control plane that the test plays, and the source that follows it, in virtual time.</summary>
internal sealed class FakeControlPlane : IRpcChannelFactory, IRpcChannel, IRpcCall
{
    private readonly SimulatedRuntime _runtime = new();
    private readonly ControlPlaneProtocol _protocol;
    private readonly XdsResourceSource _source;
    private IRpcCallHandler? _handler;

    public FakeControlPlane(ControlPlaneProtocol protocol, Func<ControlPlaneConfig, ControlPlaneConfig>? change = null)
    {
        _protocol = protocol;
        var plane = new ControlPlaneConfig { Protocol = protocol, Targets = [new ControlPlaneTargetConfig("first")] };
        _source = new XdsResourceSource(
            new ResourceContext
            {
                Main = _runtime.Main,
                Clusters = new ValidatingClusterManager([]),
                Stats = Stats,
                Loggers = NullLoggerFactory.Instance,
                Node = new NodeConfig { Id = "me" },
                Aggregated = change?.Invoke(plane) ?? plane,
            },
            this);
    }

    public StatsStore Stats { get; } = new();

    /// <summary>What was asked, in order, in short: kind, version or nonce, names, error.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Targets of channels made.</summary>
    public List<string> Targets { get; } = [];

    /// <summary>Calls begun.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What was watched, by name or all of it.</summary>
    public List<ResourceRequest> Watches { get; } = [];

    /// <summary>What watchers were told.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Refuses the next updates.</summary>
    public bool Refuses { get; set; }

    public IRpcChannel Create(ResourceContext context, ControlPlaneTargetConfig target)
    {
        Targets.Add(target.Cluster);
        return this;
    }

    public IRpcCall Start(string method, IRpcCallHandler handler)
    {
        Calls.Add(method);
        _handler = handler;
        return this;
    }

    public void Send(byte[] message) => Requests.Add(_protocol == ControlPlaneProtocol.Grpc
        ? Shorten(DiscoveryRequest.Parser.ParseFrom(message))
        : Shorten(DeltaDiscoveryRequest.Parser.ParseFrom(message)));

    public void Dispose()
    {
    }

    /// <summary>What was asked since the last time.</summary>
    public string[] TakeRequests()
    {
        string[] taken = [.. Requests];
        Requests.Clear();
        return taken;
    }

    public IResourceSubscription Watch(ResourceKind kind, params string[] names) => Watch(kind, new Watcher(this, kind), names);

    public IResourceSubscription Watch(ResourceKind kind, IResourceWatcher watcher, params string[] names)
    {
        IResourceSubscription? subscription = null;
        _runtime.Run(_runtime.Main, () =>
        {
            var counters = SubscriptionCounters.Create(Stats, Stats.CreateScope(), $"{kind}.", _runtime.Main);
            var request = new ResourceRequest(new AggregatedSourceConfig(), kind, names, counters);
            Watches.Add(request);
            subscription = _source.Subscribe(request, watcher);
        });
        return subscription!;
    }

    /// <summary>Watches everything whose name begins so.</summary>
    public IResourceSubscription WatchPrefix(ResourceKind kind, string prefix)
    {
        IResourceSubscription? subscription = null;
        _runtime.Run(_runtime.Main, () =>
        {
            var counters = SubscriptionCounters.Create(Stats, Stats.CreateScope(), $"{kind}.", _runtime.Main);
            subscription = _source.Subscribe(new ResourceRequest(new AggregatedSourceConfig(), kind, [], counters) { Prefix = prefix }, new Watcher(this, kind));
        });
        return subscription!;
    }

    public void OnMain(Action<IResourceSource> step) => _runtime.Run(_runtime.Main, () => step(_source));

    public void Advance(TimeSpan time) => _runtime.Advance(time);

    public void Answer(string version, string nonce, params Cluster[] clusters) => Answer(version, nonce, clusters.Select(Pack));

    public void Answer(string version, string nonce, IEnumerable<Any> resources, string? type = null)
    {
        var response = new DiscoveryResponse { VersionInfo = version, Nonce = nonce, TypeUrl = type ?? Url };
        response.Resources.AddRange(resources);
        Deliver(response.ToByteArray());
    }

    public void Change(string version, string nonce, IEnumerable<Envoy.Service.Discovery.V3.Resource> resources, params string[] removed)
    {
        var response = new DeltaDiscoveryResponse { SystemVersionInfo = version, Nonce = nonce, TypeUrl = Url };
        response.Resources.AddRange(resources);
        response.RemovedResources.AddRange(removed);
        Deliver(response.ToByteArray());
    }

    public void Deliver(byte[] message) => _runtime.Run(_runtime.Main, () => _handler!.OnMessage(this, message));

    public void End() => _runtime.Run(_runtime.Main, () => _handler!.OnEnded(this, 14, "gone"));

    public long Count(string name) => Stats.Reader.Read(full => full == name).Counters.Single().Value;

    public long Gauge(string name) => Stats.Reader.Read(full => full == name).Gauges.Single().Value;

    public static Envoy.Service.Discovery.V3.Resource Named(string name, string version, TimeSpan? ttl = null, bool isHeartbeat = false) => new()
    {
        Name = name,
        Version = version,
        Ttl = ttl is { } time ? Duration.FromTimeSpan(time) : null,
        Resource_ = isHeartbeat ? null : Pack(new Cluster { Name = name }),
    };

    public static Any Pack(Cluster cluster) => new() { TypeUrl = Url, Value = cluster.ToByteString() };

    private static string Url => ResourceTypes.Of(ResourceKind.Cluster).Url;

    private static string Shorten(DiscoveryRequest request) => Join(
        request.TypeUrl, request.Node?.Id, request.VersionInfo.Length > 0 ? "v" + request.VersionInfo : "", request.ResponseNonce, request.ResourceNames, request.ErrorDetail);

    private static string Shorten(DeltaDiscoveryRequest request) => Join(
        request.TypeUrl,
        request.Node?.Id,
        string.Join(',', request.InitialResourceVersions.Select(known => $"{known.Key}={known.Value}")),
        request.ResponseNonce,
        request.ResourceNamesSubscribe.Select(name => "+" + name).Concat(request.ResourceNamesUnsubscribe.Select(name => "-" + name)),
        request.ErrorDetail);

    private static string Join(string type, string? node, string version, string nonce, IEnumerable<string> names, Google.Rpc.Status? error) => string.Join(
        ' ', new[] { type[(type.LastIndexOf('.') + 1)..], node, version, nonce, string.Join(',', names), error is null ? "" : $"error {error.Code}: {error.Message}" }
            .Where(part => !string.IsNullOrEmpty(part)));

    private sealed class Watcher(FakeControlPlane owner, ResourceKind kind) : IResourceWatcher
    {
        public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
        {
            if (owner.Refuses)
            {
                throw new ConfigException("name", "disliked");
            }

            var text = string.Join(',', update.Resources.Select(resource => resource.Config is ClusterConfig ? resource.Name : $"({resource.Name})"));
            owner.Told.Add($"{kind} {update.Version}: {text}{string.Concat(update.Removed.Select(name => $" -{name}"))}".TrimEnd());
            return new([]);
        }

        public void GiveUp() => owner.Told.Add($"{kind} given up");
    }
}
