using System.Net;
using Proxy.Clusters.Outliers;
using Proxy.Clusters.Transports;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Http.H1;
using Proxy.Routing.Hashing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Tls;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Makes the codec of an upstream connection.</summary>
/// <param name="protocol">What to speak: <see cref="HttpProtocol.Http11"/> or <see cref="HttpProtocol.Http2"/>.</param>
/// <param name="cluster">Whose connection it is: settings, stats, worker.</param>
/// <param name="transport">Where bytes go.</param>
/// <param name="handler">Told what happens to the connection as a whole.</param>
internal delegate HttpClientCodec ClientCodecFactory(HttpProtocol protocol, PooledCluster cluster, ICodecTransport transport, IClientCodecHandler handler);

/// <summary>A cluster's configuration, compiled: what every worker's view of it shares. Immutable.</summary>
internal sealed class ClusterModel
{
    private bool _showsHttp1;
    private StatGroup? _canary;
    private StatGroup? _http2;

    public ClusterModel(ClusterConfig config, StatScope scope, StatGroup stats, ClusterConnections connections, ClientCodecFactory codecs, int workers)
    {
        Connections = connections;
        Scope = scope;
        Config = config;
        Stats = stats;
        Codecs = codecs;
        Workers = workers;
        Source = config.BindAddress switch
        {
            SocketAddressConfig address => new IPEndPoint(address.Address, address.Port),
            _ => null,
        };
        IdleMilliseconds = Milliseconds(config.Http.IdleTimeout);
        MaxDurationMilliseconds = Milliseconds(config.Http.MaxConnectionDuration);
        Metadata = MetadataTree.CompileOrThrow(config.Metadata);
        OutlierErrors = config.Http.OutlierErrors is { } errors ? ErrorMatcher.Compile(errors, "", new FaultList()) : null; // faults were found with the cluster's
    }

    public ClusterConfig Config { get; }

    /// <summary>Everything counted of the cluster.</summary>
    public StatScope Scope { get; }

    /// <summary>What is counted of every cluster.</summary>
    public StatGroup Stats { get; }

    /// <summary>What is counted of canaries; made with the first of their answers. On any worker.</summary>
    public StatGroup Canary => LazyInitializer.EnsureInitialized(ref _canary, () => Scope.CreateGroup(CanaryStats.Schema, Stats.Prefix + "canary."))!;

    /// <summary>What HTTP/2 towards the cluster counts; made with the first such connection. On any worker.</summary>
    public StatGroup Http2Stats => LazyInitializer.EnsureInitialized(
        ref _http2, () => Scope.CreateGroup(Http.H2.Http2Stats.Schema, Stats.Prefix + Http.H2.Http2Stats.Prefix))!;

    public ClientCodecFactory Codecs { get; }

    /// <summary>What stays when settings change that connections do not depend on.</summary>
    public ClusterConnections Connections { get; }

    /// <summary>Runtime values.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>Number of workers, main not counted.</summary>
    public int Workers { get; }

    /// <summary>0 is never.</summary>
    public long IdleMilliseconds { get; }

    /// <summary>0 is never.</summary>
    public long MaxDurationMilliseconds { get; }

    /// <summary>Metadata for logs and filters, by namespace and key; null when there is none.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, object>>? Metadata { get; }

    /// <summary>How requests are hashed whatever their route says; null leaves it to the route.</summary>
    public RequestHash? Hash { get; init; }

    /// <summary>HTTP filters that attempts pass; null for none.</summary>
    public HttpFilterChainModel? Filters { get; init; }

    /// <summary>Size of the tables of a cluster that picks by hash; null for all others.</summary>
    public HashStats? HashStats { get; init; }

    /// <summary>Which answers outlier detection takes for errors of the host; null leaves it to their status.</summary>
    public ErrorMatcher? OutlierErrors { get; }

    private IPEndPoint? Source { get; }

    /// <summary>Shows the stats of HTTP/1 towards the cluster, from its first connection on as in Envoy. Nothing of them is ever counted there. From any worker.</summary>
    public void ShowHttp1Stats()
    {
        if (!_showsHttp1 && !Interlocked.Exchange(ref _showsHttp1, true))
        {
            Scope.CreateGroup(Http1Stats.Schema, Stats.Prefix + Http1Stats.Prefix);
        }
    }

    /// <summary>Begins a connection to <paramref name="host"/>, which is up when bytes can be sent to what serves there. On <paramref name="worker"/>.</summary>
    public Connection Connect(Worker worker, Host host, IConnectionHandler handler, ConnectionOrigin origin, in UpstreamPeer peer)
    {
        return SocketOf(host).Connect(worker, ConnectTo(host.EndPoint), handler, host.Hostname, origin, peer);
    }

    /// <summary>Begins a connection that checks <paramref name="host"/> at <paramref name="remote"/>; nothing but the check limits its time. On main.</summary>
    /// <param name="main">The main thread.</param>
    /// <param name="host">Who is checked.</param>
    /// <param name="remote">Where.</param>
    /// <param name="socket">What the connection is made of.</param>
    /// <param name="handler">Told of its fate.</param>
    public Connection ConnectForCheck(Worker main, Host host, EndPoint remote, UpstreamSocket socket, IConnectionHandler handler)
    {
        return socket.Connect(main, ConnectTo(remote) with { TimeoutMilliseconds = 0 }, handler, host.Hostname, default, default);
    }

    /// <summary>What connections to <paramref name="host"/> are made of.</summary>
    public UpstreamSocket SocketOf(Host host) => host.Socket ?? Connections.Sockets.Default;

    private ConnectRequest ConnectTo(EndPoint remote)
    {
        return new ConnectRequest(remote)
        {
            TimeoutMilliseconds = (long)Config.ConnectTimeout.TotalMilliseconds,
            Local = Source,
            Settings = Config.Socket,
            BufferLimit = Config.BufferLimit,
        };
    }

    private static long Milliseconds(TimeSpan? time) => time is { } value ? Math.Max(0, (long)value.TotalMilliseconds) : 0;
}
