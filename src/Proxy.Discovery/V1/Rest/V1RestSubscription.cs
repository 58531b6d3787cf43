using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Xds.Rest;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Workers;

namespace Proxy.Discovery.V1.Rest;

/// <summary>Asks a discovery service of the first API again and again: <c>GET</c>, the whole state in every answer, no versions. On main.</summary>
internal sealed partial class V1RestSubscription : IResourceSubscription
{
    // The first API has no setting for it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly V1RestSourceConfig _source;
    private readonly ResourceRequest _request;
    private readonly IResourceWatcher _watcher;
    private readonly ResourceContext _context;
    private readonly Worker _main;
    private readonly HttpMessageInvoker _client;
    private readonly ILogger _logger;
    private readonly Uri _uri;
    private readonly WorkerTimer _poll;
    private readonly CancellationTokenSource _ended = new();
    private readonly V1ListenerAddresses _addresses = new();
    private string _taken = "";

    private V1RestSubscription(V1RestSourceConfig source, ResourceRequest request, IResourceWatcher watcher, ResourceContext context, HttpMessageInvoker client)
    {
        _source = source;
        _request = request;
        _watcher = watcher;
        _main = context.Main;
        _client = client;
        _context = context;
        _logger = context.Loggers.CreateLogger<V1RestSubscription>();
        _uri = new Uri("http://" + RestChannel.AuthorityOf(source.Cluster) + V1RequestPath.Of(request, context.Node), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        _poll = _main.CreateTimer(static self => _ = ((V1RestSubscription)self!).PollAsync(), this);
    }

    /// <summary>Begins to ask.</summary>
    /// <param name="source">The service.</param>
    /// <param name="request">What for.</param>
    /// <param name="watcher">Who wants to know.</param>
    /// <param name="context">What the proxy lends.</param>
    /// <param name="client">Sends the requests; disposed with the subscription.</param>
    public static V1RestSubscription Start(V1RestSourceConfig source, ResourceRequest request, IResourceWatcher watcher, ResourceContext context, HttpMessageInvoker client)
    {
        var started = new V1RestSubscription(source, request, watcher, context, client);
        _ = started.PollAsync();
        return started;
    }

    /// <summary>Does nothing: what is asked for stands in the path, and stays.</summary>
    public void Rename(IReadOnlyCollection<string> names)
    {
    }

    public void Ask(string name)
    {
    }

    public void Dispose()
    {
        _ended.Cancel();
        _poll.Cancel();
        _request.Counters.Close();
        _client.Dispose();
    }

    // Continuations come back to main, whose synchronization context is current here.
    private async Task PollAsync()
    {
        _request.Counters.Attempted();
        try
        {
            await TakeAsync(await FetchAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Fail(e is OperationCanceledException ? "no answer in time" : e.Message, _request.Kind == ResourceKind.Listener ? LogLevel.Information : LogLevel.Debug);
        }
        catch (ConfigException e)
        {
            Fail(e.Message, LogLevel.Warning);
        }

        if (!_ended.IsCancellationRequested)
        {
            var delay = Math.Max(1, (long)_source.RefreshDelay.TotalMilliseconds);
            _poll.Arm(delay + (long)(_main.Random.Next() % (ulong)delay)); // so that many proxies do not ask at once
        }
    }

    private async Task<byte[]> FetchAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        using var timer = new RequestTimeout(_main, timeout, Limit);
        using var request = new HttpRequestMessage(HttpMethod.Get, _uri);
        RestChannel.Version(request, _context, _source.Cluster);
        request.Headers.TryAddWithoutValidation("host", _source.Cluster); // need not be a host's name
        using var response = await _client.SendAsync(request, timeout.Token);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"status {(int)response.StatusCode}");
        }

        await response.Content.LoadIntoBufferAsync(NodeLimits.MaxBytes, timeout.Token);
        return await response.Content.ReadAsByteArrayAsync(timeout.Token);
    }

    private async Task TakeAsync(byte[] body)
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        var started = _main.Time.GetTimestamp();
        var hash = V1Answers.VersionOf(body);
        var version = string.Create(CultureInfo.InvariantCulture, $"hash_{hash:x16}");
        if (version != _taken)
        {
            await ApplyAsync(ReadAnswer(version, body));
        }

        if (!_ended.IsCancellationRequested)
        {
            _taken = version;
            _request.Counters.Succeeded(version, hash, _main.UtcNow, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private V1Answer ReadAnswer(string version, byte[] body)
    {
        try
        {
            return V1Answers.Read(_request, _source, version, body, _context.Clusters);
        }
        catch (ConfigException e)
        {
            _request.Ledger.Refuse(new RefusedAnswer(version, _main.UtcNow, e.Message));
            throw;
        }
    }

    private async Task ApplyAsync(V1Answer answer)
    {
        IReadOnlyList<ConfigFault> faults;
        IReadOnlyDictionary<string, RefusedUpdate>? refused = null;
        try
        {
            _addresses.Check(answer.Update);
            _taken = ""; // who refuses may have taken a part
            faults = await _watcher.UpdateAsync(answer.Update);
            refused = _watcher.Refused;
        }
        catch (ConfigException e)
        {
            faults = e.Faults;
        }

        _request.Ledger.Note(answer.Update, faults, refused, _main.UtcNow);
        if (faults.Count > 0)
        {
            throw faults.Any(static fault => fault.Path.Length > 0) ? answer.Restate(faults) : new ConfigException(faults);
        }

        _addresses.Remember(answer.Update);
        foreach (var warning in answer.Warnings)
        {
            LogWarning(_logger, _uri.PathAndQuery, _source.Cluster, warning);
        }
    }

    // One counter for all: the first API knew no answers that were refused.
    private void Fail(string reason, LogLevel level)
    {
        if (!_ended.IsCancellationRequested)
        {
            _request.Counters.Failed();
            _watcher.GiveUp();
            LogFailed(_logger, level, _uri.PathAndQuery, _source.Cluster, reason);
        }
    }

    [LoggerMessage(EventId = 70, Message = "{Path} of {Cluster} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, LogLevel level, string path, string cluster, string reason);

    [LoggerMessage(71, LogLevel.Warning, "{Path} of {Cluster}: {Fault}")]
    private static partial void LogWarning(ILogger logger, string path, string cluster, SourceFault fault);
}
