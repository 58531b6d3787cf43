using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Resources;
using Proxy.Tls.Secrets;

namespace Proxy.Tls;

/// <summary>TLS of a filter chain: secures the connections that it takes.</summary>
internal sealed class DownstreamTls : TlsSide<DownstreamTlsConfig>
{
    private readonly Action<Connection> _timedOut;
    private readonly long _handshakeMilliseconds;

    private DownstreamTls(
        DownstreamTlsConfig config, Func<DownstreamTlsConfig, TlsContext> compile, TlsReport report, long handshakeMilliseconds, Action<Connection> timedOut)
        : base(config, config.Common, config.Common.NeedsSecrets || config.SessionTicketKeysSecret is not null, compile, SecretUserStats.Downstream, report)
    {
        _handshakeMilliseconds = handshakeMilliseconds;
        _timedOut = timedOut;
    }

    /// <summary>Compiles a configuration.</summary>
    /// <param name="config">What is asked for.</param>
    /// <param name="engine">Who does it.</param>
    /// <param name="time">Tells which OCSP responses are old.</param>
    /// <param name="report">Where to count and log.</param>
    /// <param name="handshakeTimeout">Time for the handshake; zero does not bound it.</param>
    /// <param name="timedOut">Told of connections that took longer.</param>
    /// <exception cref="ConfigException">The configuration breaks rules, or asks for what the engine has not.</exception>
    public static DownstreamTls Compile(
        DownstreamTlsConfig config, TlsEngine engine, TimeProvider time, TlsReport report, TimeSpan handshakeTimeout, Action<Connection> timedOut)
    {
        return new DownstreamTls(config, Compile, report, (long)handshakeTimeout.TotalMilliseconds, timedOut);

        TlsContext Compile(DownstreamTlsConfig latest)
        {
            TlsRules.Check(latest.Common);
            return engine.CreateServer(latest, time);
        }
    }

    /// <summary>The plain-text side of an accepted connection. On its worker.</summary>
    public Connection Accept(Connection connection)
    {
        connection.Info.IsTls = true;
        var session = CreateSession(connection, default);
        var secured = new TlsConnection(connection, session, this, ConnectionState.Open);
        if (session is UnreadySession)
        {
            secured.BeginWithoutInput();
        }
        else
        {
            secured.LimitHandshake(_handshakeMilliseconds);
        }

        return secured;
    }

    public override void OnSecured(TlsConnection connection, TlsSession session)
    {
        base.OnSecured(connection, session);
        if (session.StapleAnswered is { } answered)
        {
            Stats.OnStapleRequest(connection.Worker, answered);
        }
    }

    public override void OnHandshakeTimeout(TlsConnection connection) => _timedOut(connection);

    protected override SecretBinding Watch(SecretDiscovery secrets, DownstreamTlsConfig config, ResourceScope scope) =>
        secrets.Watch(config.Common, config.SessionTicketKeysSecret, this, scope);

    protected override DownstreamTlsConfig With(DownstreamTlsConfig config, CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys) =>
        config with { Common = complete, SessionTicketKeys = ticketKeys ?? config.SessionTicketKeys };

    protected override DownstreamTlsConfig Read(DownstreamTlsConfig config, SecretFiles files) => SecretReader.Read(config, files);
}
