using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls.Secrets;
using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>TLS of a filter chain: secures the connections that it takes. Its context may be swapped while it runs; connections keep theirs.</summary>
internal sealed class DownstreamTls : ITlsObserver, IRefreshable, ISecretUser
{
    private readonly Func<DownstreamTlsConfig, TlsContext> _compile;
    private DownstreamTlsConfig _config;
    private readonly TlsStats _stats;
    private readonly StatGroup _secretStats;
    private readonly Action<Connection> _timedOut;
    private readonly long _handshakeMilliseconds;
    private volatile TlsContext? _context;
    private SecretBinding? _secrets;

    private DownstreamTls(
        DownstreamTlsConfig config, Func<DownstreamTlsConfig, TlsContext> compile, (StatScope Scope, string Prefix) stats, long handshakeMilliseconds, Action<Connection> timedOut)
    {
        _config = config;
        _compile = compile;
        _context = NeedsSecrets(config) ? null : compile(config);
        _stats = new TlsStats(stats.Scope, stats.Prefix);
        _secretStats = stats.Scope.CreateGroup(DownstreamSecretStats.Schema, stats.Prefix + DownstreamSecretStats.Prefix);
        _handshakeMilliseconds = handshakeMilliseconds;
        _timedOut = timedOut;
    }

    /// <summary>What new connections use; null while secrets are missing.</summary>
    public TlsContext? Context => _context;

    /// <summary>Compiles a configuration.</summary>
    /// <param name="config">What is asked for.</param>
    /// <param name="engine">Who does it.</param>
    /// <param name="time">Tells which OCSP responses are old.</param>
    /// <param name="stats">Where to count, and under which prefix.</param>
    /// <param name="handshakeTimeout">Time for the handshake; zero does not bound it.</param>
    /// <param name="timedOut">Told of connections that took longer.</param>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public static DownstreamTls Compile(
        DownstreamTlsConfig config, TlsEngine engine, TimeProvider time, (StatScope Scope, string Prefix) stats, TimeSpan handshakeTimeout, Action<Connection> timedOut)
    {
        return new DownstreamTls(config, Compile, stats, (long)handshakeTimeout.TotalMilliseconds, timedOut);

        TlsContext Compile(DownstreamTlsConfig latest)
        {
            TlsRules.Check(latest.Common);
            return engine.CreateServer(latest, time);
        }
    }

    /// <summary>Gets the secrets that the configuration names, as long as <paramref name="scope"/> lives. On main.</summary>
    /// <exception cref="ConfigException">They cannot be had or used.</exception>
    public void Watch(SecretDiscovery secrets, ResourceScope scope)
    {
        if (NeedsSecrets(_config))
        {
            _secrets = secrets.Watch(_config.Common, _config.SessionTicketKeysSecret, this, scope);
        }
    }

    public Action Prepare(CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys)
    {
        var latest = _config with { Common = complete, SessionTicketKeys = ticketKeys ?? _config.SessionTicketKeys };
        var context = _compile(latest);
        return () => (_context, _config) = (context, latest);
    }

    public void CountUpdate(Worker main) => _secretStats.Shard(main).Increment(DownstreamSecretStats.Updated);

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
                _context = _compile(latest);
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

    /// <summary>The plain-text side of an accepted connection. On its worker.</summary>
    public Connection Accept(Connection connection)
    {
        connection.Info.IsTls = true;
        if (_context is not { } context)
        {
            return Refuse(connection);
        }

        var secured = new TlsConnection(connection, context.CreateSession(default), this, ConnectionState.Open);
        secured.LimitHandshake(_handshakeMilliseconds);
        return secured;
    }

    public void OnSecured(TlsConnection connection, TlsSession session)
    {
        _stats.OnHandshake(connection.Worker, connection.Info.Tls!, session.PeerSignature);
        if (session.VerifyFailure is { } failure)
        {
            _stats.OnVerifyFailure(connection.Worker, failure);
        }

        if (session.StapleAnswered is { } answered)
        {
            _stats.OnStapleRequest(connection.Worker, answered);
        }
    }

    public void OnFailed(TlsConnection connection, TlsSession session) =>
        _stats.OnFailure(connection.Worker, session.VerifyFailure, session.FailureReason.Length > 0);

    public void OnHandshakeTimeout(TlsConnection connection) => _timedOut(connection);

    private static bool NeedsSecrets(DownstreamTlsConfig config) => config.Common.NeedsSecrets || config.SessionTicketKeysSecret is not null;

    private TlsConnection Refuse(Connection connection)
    {
        _secretStats.Shard(connection.Worker).Increment(DownstreamSecretStats.NotReady);
        var refused = new TlsConnection(connection, new UnreadySession(), this, ConnectionState.Open);
        refused.BeginWithoutInput();
        return refused;
    }
}
