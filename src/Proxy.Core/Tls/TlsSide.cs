using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Tls.Secrets;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Tls;

/// <summary>TLS towards one side: its context, which files and secrets swap while it runs; connections keep theirs.</summary>
/// <typeparam name="TConfig">What is asked for; compared by value.</typeparam>
internal abstract class TlsSide<TConfig> : ITlsObserver, IRefreshable, ISecretUser
    where TConfig : class
{
    private readonly Func<TConfig, TlsContext> _compile;
    private readonly SecretUserStats _secretCounters;
    private readonly StatGroup _secretStats;
    private readonly TlsKeyLog? _keyLog;
    private readonly TlsReport _report;
    private volatile TConfig _config = null!; // set with the context
    private volatile TlsContext? _context;
    private SecretBinding? _secrets;

    /// <param name="config">What is asked for.</param>
    /// <param name="common">Its part that both sides have.</param>
    /// <param name="needsSecrets">It waits for secrets.</param>
    /// <param name="compile">Makes contexts; throws <see cref="ConfigException"/>.</param>
    /// <param name="secretCounters">Counts secrets.</param>
    /// <param name="report">Where to count and log.</param>
    protected TlsSide(
        TConfig config, CommonTlsConfig common, bool needsSecrets, Func<TConfig, TlsContext> compile, SecretUserStats secretCounters, TlsReport report)
    {
        _compile = compile;
        _report = report;
        Use(needsSecrets ? null : compile(config), config);
        _keyLog = TlsKeyLog.Open(common.KeyLog, report.Files);
        Stats = new TlsStats(report.Scope, report.Prefix);
        _secretCounters = secretCounters;
        _secretStats = report.Scope.CreateGroup(secretCounters.Schema, report.Prefix + secretCounters.Prefix);
    }

    /// <summary>What new connections use; null while secrets are missing.</summary>
    public TlsContext? Context => _context;

    protected TConfig Config => _config;

    protected TlsStats Stats { get; }

    /// <summary>Gets the secrets that the configuration names, as long as <paramref name="scope"/> lives. On main.</summary>
    /// <exception cref="ConfigException">They cannot be had or used.</exception>
    public void Watch(SecretDiscovery secrets, ResourceScope scope)
    {
        if (_context is null)
        {
            _secrets = Watch(secrets, _config, scope);
        }
    }

    public Action Prepare(CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys)
    {
        var latest = With(_config, complete, ticketKeys);
        var context = _compile(latest);
        return () => Use(context, latest);
    }

    public void CountUpdate(Worker main) => _secretStats.Shard(main).Increment(_secretCounters.Updated);

    public string? Refresh(SecretFiles files)
    {
        if (_context is null)
        {
            return null;
        }

        try
        {
            var latest = Read(_config, files);
            if (!latest.Equals(_config))
            {
                Use(_compile(latest), latest);
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

    public virtual void OnSecured(TlsConnection connection, TlsSession session)
    {
        Stats.OnHandshake(connection.Worker, connection.Info.Tls!, session.PeerSignature);
        if (session.VerifyFailure is { } failure)
        {
            Stats.OnVerifyFailure(connection.Worker, failure);
        }
    }

    public void OnFailed(TlsConnection connection, TlsSession session) =>
        Stats.OnFailure(connection.Worker, session.VerifyFailure, session.FailureReason.Length > 0);

    public abstract void OnHandshakeTimeout(TlsConnection connection);

    /// <summary>Subscribes to the secrets that <paramref name="config"/> names.</summary>
    protected abstract SecretBinding Watch(SecretDiscovery secrets, TConfig config, ResourceScope scope);

    /// <summary><paramref name="config"/> with its secrets in place.</summary>
    protected abstract TConfig With(TConfig config, CommonTlsConfig complete, ConfigList<TlsBytes>? ticketKeys);

    /// <summary><paramref name="config"/> with what its files have now.</summary>
    protected abstract TConfig Read(TConfig config, SecretFiles files);

    /// <summary>A session over <paramref name="connection"/>; one that fails while secrets are missing.</summary>
    protected TlsSession CreateSession(Connection connection, in TlsSessionOptions options)
    {
        if (_context is { } context)
        {
            return context.CreateSession(_keyLog is null ? options : options with { KeyLog = _keyLog.For(connection) });
        }

        _secretStats.Shard(connection.Worker).Increment(_secretCounters.NotReady);
        return new UnreadySession();
    }

    private void Use(TlsContext? context, TConfig config)
    {
        (_context, _config) = (context, config);
        if (context is not null)
        {
            CertificateExpiry.Publish(context, _report);
        }
    }
}

/// <summary>Where the TLS of one listener or cluster counts and logs.</summary>
/// <param name="Scope">Whose stats these are.</param>
/// <param name="Prefix">Of the listener or cluster; ends in a dot.</param>
/// <param name="Files">Writes files; null where there is no file system.</param>
internal sealed record TlsReport(StatScope Scope, string Prefix, FileFlusher? Files = null);
