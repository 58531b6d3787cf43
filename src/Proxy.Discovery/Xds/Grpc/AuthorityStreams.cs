using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Names;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>The streams to control planes that serve resources by the authority of their names. On main.</summary>
internal sealed class AuthorityStreams
{
    /// <summary>Runtime feature that they are used with; off by itself, as in Envoy.</summary>
    public const string Feature = "envoy.reloadable_features.xdstp_based_config_singleton_subscriptions";

    private readonly ResourceContext _context;
    private readonly (AuthorityConfig Config, GrpcMux Mux)[] _named;
    private readonly (AuthorityConfig Config, GrpcMux Mux)? _other;

    /// <param name="context">What the proxy lends.</param>
    /// <param name="create">Makes a stream for all kinds; it is opened when something is watched over it.</param>
    public AuthorityStreams(ResourceContext context, Func<ControlPlaneConfig, GrpcMux> create)
    {
        _context = context;
        _named = [.. context.Authorities.Select(config => (config, create(config.ControlPlane)))];
        _other = context.DefaultAuthority is { } other ? (other, create(other.ControlPlane)) : null;
    }

    /// <summary>All streams.</summary>
    public IEnumerable<GrpcMux> All => _named.Select(static one => one.Mux).Concat(_other is { } other ? [other.Mux] : []);

    /// <summary>Begins to watch one resource by its name; null when no stream is for it.</summary>
    /// <remarks>Not clusters: those that are found on demand share one watch, whatever their authorities.</remarks>
    public IResourceSubscription? Subscribe(ResourceRequest request, Func<ResourceRequest, Subscription> create)
    {
        if (request.Kind == ResourceKind.Cluster || request.Names.Count != 1 || Find(request.Names.First()) is not var (config, mux))
        {
            return null;
        }

        var source = request.Source with { InitialFetchTimeout = config.InitialFetchTimeout };
        return mux.Subscribe(create(request with { Source = source }));
    }

    private (AuthorityConfig Config, GrpcMux Mux)? Find(string name)
    {
        if ((_named.Length == 0 && _other is null) || XdsName.TryParse(name) is not { } parsed || !_context.Runtime.GetBoolean(Feature, false))
        {
            return null;
        }

        foreach (var one in _named)
        {
            if (one.Config.Names.Contains(parsed.Authority))
            {
                return one;
            }
        }

        return _other;
    }
}
