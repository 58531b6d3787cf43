using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Files;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Discovery.Xds.Names;
using Proxy.Discovery.Xds.Rest;
using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>Brings resources in Envoy's v3 protocol, over every transport it has. On main.</summary>
internal sealed class XdsResourceSource : IResourceSource
{
    private const string AggregatedService = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

    private readonly ResourceContext _context;
    private readonly IRpcChannelFactory? _channels;
    private readonly List<GrpcMux> _own = [];
    private readonly GrpcMux? _aggregated;
    private readonly AuthorityStreams _authorities;

    /// <param name="context">What the proxy lends.</param>
    /// <param name="channels">Makes channels to gRPC control planes; null where no gRPC client is.</param>
    /// <exception cref="ConfigException">A control plane is named that needs one.</exception>
    public XdsResourceSource(ResourceContext context, IRpcChannelFactory? channels)
    {
        _context = context;
        _channels = channels;
        _aggregated = context.Aggregated is { } plane ? CreateForAll(plane) : null;
        _authorities = new AuthorityStreams(context, CreateForAll);
    }

    // Streams for more than one kind.
    private IEnumerable<GrpcMux> Shared => _aggregated is null ? _authorities.All : _authorities.All.Prepend(_aggregated);

    public IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher)
    {
        return _authorities.Subscribe(request, wanted => OverStream(wanted, watcher)) ?? request.Source switch
        {
            CollectionSourceConfig collection => Subscribe(
                request with { Source = collection.Source, Names = [NodeParameters.AddTo(collection.Name, _context.Node)] }, watcher),
            FileSourceConfig file => FileSubscription.Start(file, new Subscription(request, watcher, _context.Main), _context),
            AggregatedSourceConfig when _aggregated is not null => _aggregated.Subscribe(OverStream(request, watcher)),
            ControlPlaneSourceConfig { ControlPlane: { Protocol: ControlPlaneProtocol.Rest } plane } => RestSubscription.Start(
                plane, new Subscription(request, watcher, _context.Main), _context, RestChannel.Create(_context, plane.Targets[0].Cluster)),
            ControlPlaneSourceConfig { ControlPlane: { Protocol: not ControlPlaneProtocol.Rest } plane } => SubscribeAlone(plane, OverStream(request, watcher)),
            _ => null,
        };
    }

    // As in Envoy, streams alone know that a name that is a URI can be written in several ways.
    private Subscription OverStream(ResourceRequest request, IResourceWatcher watcher) => new(request, watcher, _context.Main, XdsName.Canonical);

    public void Pause(ResourceKind kind)
    {
        foreach (var stream in Shared)
        {
            stream.Pause(kind);
        }
    }

    public void Resume(ResourceKind kind)
    {
        foreach (var stream in Shared)
        {
            stream.Resume(kind);
        }
    }

    public void Close()
    {
        foreach (var stream in Shared)
        {
            stream.Close();
        }

        _own.ForEach(static mux => mux.Close());
        _own.Clear();
    }

    // As in Envoy, each has a stream of its own.
    private Alone SubscribeAlone(ControlPlaneConfig plane, Subscription subscription)
    {
        var type = ResourceTypes.Of(subscription.Request.Kind);
        var mux = Create(plane, plane.Protocol == ControlPlaneProtocol.DeltaGrpc ? type.DeltaMethod : type.StreamMethod, subscription.Counters.Prefix);
        _own.Add(mux);
        return new Alone(this, mux, mux.Subscribe(subscription));
    }

    private GrpcMux CreateForAll(ControlPlaneConfig plane) =>
        Create(plane, AggregatedService + (plane.Protocol == ControlPlaneProtocol.DeltaGrpc ? "DeltaAggregatedResources" : "StreamAggregatedResources"), "");

    private GrpcMux Create(ControlPlaneConfig plane, string method, string prefix)
    {
        var factory = _channels ?? throw new ConfigException("api_type", "gRPC control planes need the package Proxy.Discovery.Grpc (AddGrpcControlPlanes)");
        return plane.Protocol == ControlPlaneProtocol.DeltaGrpc
            ? new DeltaMux(_context, plane, factory, method, prefix)
            : new StateOfTheWorldMux(_context, plane, factory, method, prefix);
    }

    private sealed class Alone(XdsResourceSource owner, GrpcMux mux, IResourceSubscription inner) : IResourceSubscription
    {
        public void Rename(IReadOnlyCollection<string> names) => inner.Rename(names);

        public void Ask(string name) => inner.Ask(name);

        public void Dispose()
        {
            inner.Dispose();
            mux.Close();
            owner._own.Remove(mux);
        }
    }
}
