using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Resources;
using Proxy.Tls.Secrets;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>TLS to the hosts of a cluster.</summary>
internal sealed class UpstreamTls : TlsSide<UpstreamTlsConfig>
{
    private UpstreamTls(UpstreamTlsConfig config, TlsEngine engine, TlsReport report)
        : base(config, config.Common, config.Common.NeedsSecrets, latest => CreateContext(latest, engine), SecretUserStats.Upstream, report)
    {
    }

    /// <summary>Checks a configuration by compiling it for nothing.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public static void Check(UpstreamTlsConfig config, TlsEngine engine)
    {
        if (!config.Common.NeedsSecrets)
        {
            CreateContext(config, engine).Dispose();
        }
    }

    /// <summary>Compiles a configuration.</summary>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public static UpstreamTls Compile(UpstreamTlsConfig config, TlsEngine engine, TlsReport report) => new(config, engine, report);

    /// <summary>Begins a connection; it is up when the handshake is done. On <paramref name="worker"/>.</summary>
    /// <param name="worker">Who runs it.</param>
    /// <param name="request">Where to, and for how long to try.</param>
    /// <param name="handler">Told of its fate.</param>
    /// <param name="host">Name of the host; empty for none.</param>
    /// <param name="peer">What the request or connection it is made for adds.</param>
    /// <param name="prologue">Sends what goes in front of the handshake; null for nothing.</param>
    public Connection Connect(Worker worker, ConnectRequest request, IConnectionHandler handler, string host, in UpstreamPeer peer, Action<Connection>? prologue)
    {
        var inner = worker.Connect(request with { TimeoutMilliseconds = 0 }, Waiting.Instance);
        inner.Info.IsTls = true;
        var options = Options(host, peer);
        inner.Info.ServerName = options.ServerName is { Length: > 0 } name ? name : null;
        var session = CreateSession(inner, options);
        var secured = new TlsConnection(inner, session, this, ConnectionState.Connecting) { Prologue = prologue };
        secured.Start(handler);
        secured.LimitConnect(request.TimeoutMilliseconds);
        return secured;
    }

    public override void OnHandshakeTimeout(TlsConnection connection)
    {
    }

    protected override SecretBinding Watch(SecretDiscovery secrets, UpstreamTlsConfig config, ResourceScope scope) =>
        secrets.Watch(config.Common, null, this, scope);

    protected override UpstreamTlsConfig With(UpstreamTlsConfig config, CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys) =>
        config with { Common = complete };

    protected override UpstreamTlsConfig Read(UpstreamTlsConfig config, SecretFiles files) => SecretReader.Read(config, files);

    private static TlsContext CreateContext(UpstreamTlsConfig config, TlsEngine engine)
    {
        TlsRules.Check(config.Common);
        if (config.ValidateServerName && config.Common.Validation?.TrustedCa is null)
        {
            throw new ConfigException("auto_sni_san_validation", "needs a trusted CA");
        }

        return engine.CreateClient(config);
    }

    private TlsSessionOptions Options(string host, in UpstreamPeer peer)
    {
        var name = peer.ServerName ?? (Config.HostNameAsServerName && host.Length > 0 ? host : Config.ServerName);
        return new TlsSessionOptions
        {
            ServerName = name,
            WantedNames = peer.WantedNames is { Count: > 0 } wanted ? wanted : Config.ValidateServerName && name.Length > 0 ? [name] : [],
            FallbackProtocols = peer.Protocols,
        };
    }

    /// <summary>Stands in until the TLS side takes over.</summary>
    private sealed class Waiting : IConnectionHandler
    {
        public static readonly Waiting Instance = new();

        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => 0;

        public void OnAboveHighWatermark(Connection connection)
        {
        }

        public void OnBelowLowWatermark(Connection connection)
        {
        }

        public void OnClosed(Connection connection, CloseReason reason)
        {
        }
    }
}

/// <summary>What a request or connection adds to the TLS of an upstream connection that is made for it.</summary>
internal readonly record struct UpstreamPeer
{
    /// <summary>Server name to ask for, in place of the configured one (automatic SNI); null keeps that.</summary>
    public string? ServerName { get; init; }

    /// <summary>The certificate must have one of these names; null or empty asks for none besides those configured.</summary>
    public IReadOnlyList<string>? WantedNames { get; init; }

    /// <summary>Application protocols to offer where none are configured; null for none.</summary>
    public IReadOnlyList<string>? Protocols { get; init; }
}
