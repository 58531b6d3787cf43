using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls.Secrets;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>TLS to the hosts of a cluster. Its context may be swapped while it runs; connections keep theirs.</summary>
internal sealed class UpstreamTls : ITlsObserver, IRefreshable, ISecretUser
{
    private readonly TlsEngine _engine;
    private volatile UpstreamTlsConfig _config;
    private readonly TlsStats _stats;
    private readonly StatGroup _secretStats;
    private volatile TlsContext? _context;
    private SecretBinding? _secrets;

    private UpstreamTls(UpstreamTlsConfig config, TlsEngine engine, StatScope scope, string prefix)
    {
        _engine = engine;
        _config = config;
        _context = config.Common.NeedsSecrets ? null : CreateContext(config, engine);
        _stats = new TlsStats(scope, prefix);
        _secretStats = scope.CreateGroup(UpstreamSecretStats.Schema, prefix + UpstreamSecretStats.Prefix);
    }

    /// <summary>What new connections use; null while secrets are missing.</summary>
    public TlsContext? Context => _context;

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
    public static UpstreamTls Compile(UpstreamTlsConfig config, TlsEngine engine, StatScope scope, string prefix) =>
        new(config, engine, scope, prefix);

    /// <summary>Gets the secrets that the configuration names, as long as <paramref name="scope"/> lives. On main.</summary>
    /// <exception cref="ConfigException">They cannot be had or used.</exception>
    public void Watch(SecretDiscovery secrets, ResourceScope scope)
    {
        if (_config.Common.NeedsSecrets)
        {
            _secrets = secrets.Watch(_config.Common, null, this, scope);
        }
    }

    public Action Prepare(CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys)
    {
        var latest = _config with { Common = complete };
        var context = CreateContext(latest, _engine);
        return () => (_context, _config) = (context, latest);
    }

    public void CountUpdate(Worker main) => _secretStats.Shard(main).Increment(UpstreamSecretStats.Updated);

    public string? Refresh(SecretFiles files)
    {
        if (_context is null)
        {
            return null;
        }

        try
        {
            var latest = SecretReader.Read(_config, files);
            if (latest != _config)
            {
                _context = CreateContext(latest, _engine);
                _config = latest;
            }

            _secrets?.ReportFiles(null);
            return null;
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            _secrets?.ReportFiles(e.Message);
            return e.Message;
        }
    }

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
        var session = CreateSession(worker, Options(host, peer));
        var secured = new TlsConnection(inner, session, this, ConnectionState.Connecting) { Prologue = prologue };
        secured.Start(handler);
        secured.LimitConnect(request.TimeoutMilliseconds);
        return secured;
    }

    public void OnSecured(TlsConnection connection, TlsSession session)
    {
        _stats.OnHandshake(connection.Worker, connection.Info.Tls!, session.PeerSignature);
        if (session.VerifyFailure is { } failure)
        {
            _stats.OnVerifyFailure(connection.Worker, failure);
        }
    }

    public void OnFailed(TlsConnection connection, TlsSession session) =>
        _stats.OnFailure(connection.Worker, session.VerifyFailure, session.FailureReason.Length > 0);

    public void OnHandshakeTimeout(TlsConnection connection)
    {
    }

    private TlsSession CreateSession(Worker worker, in TlsSessionOptions options)
    {
        if (_context is { } context)
        {
            return context.CreateSession(options);
        }

        _secretStats.Shard(worker).Increment(UpstreamSecretStats.NotReady);
        return new UnreadySession();
    }

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
        var name = peer.ServerName ?? (_config.HostNameAsServerName && host.Length > 0 ? host : _config.ServerName);
        return new TlsSessionOptions
        {
            ServerName = name,
            WantedNames = peer.WantedNames is { Count: > 0 } wanted ? wanted : _config.ValidateServerName && name.Length > 0 ? [name] : [],
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
