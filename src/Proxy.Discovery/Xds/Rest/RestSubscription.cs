using System.Net;
using System.Net.Http.Headers;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V3.Dump;
using Proxy.Resources;
using Proxy.Workers;

namespace Proxy.Discovery.Xds.Rest;

/// <summary>Asks a control plane over HTTP again and again (<c>REST</c>): JSON there and back, no answer when nothing is new. On main.</summary>
internal sealed partial class RestSubscription : IResourceSubscription
{
    private const string RequestName = "envoy.service.discovery.v3.DiscoveryRequest";

    private readonly ResourceType _type;
    private readonly ControlPlaneConfig _plane;
    private readonly Subscription _subscription;
    private readonly ResourceContext _context;
    private readonly HttpMessageInvoker _client;
    private readonly ILogger _logger;
    private readonly WorkerTimer _poll;
    private readonly CancellationTokenSource _ended = new();
    private string _version = "";

    private RestSubscription(ControlPlaneConfig plane, Subscription subscription, ResourceContext context, HttpMessageInvoker client)
    {
        _type = ResourceTypes.Of(subscription.Request.Kind);
        _plane = plane;
        _subscription = subscription;
        _context = context;
        _client = client;
        _logger = context.Loggers.CreateLogger<RestSubscription>();
        _poll = context.Main.CreateTimer(static self => _ = ((RestSubscription)self!).PollAsync(), this);
    }

    /// <summary>Begins to ask.</summary>
    /// <param name="plane">The control plane.</param>
    /// <param name="subscription">What for.</param>
    /// <param name="context">What the proxy lends.</param>
    /// <param name="client">Sends the requests; disposed with the subscription.</param>
    public static RestSubscription Start(ControlPlaneConfig plane, Subscription subscription, ResourceContext context, HttpMessageInvoker client)
    {
        var started = new RestSubscription(plane, subscription, context, client);
        subscription.Start();
        _ = started.PollAsync();
        return started;
    }

    public void Rename(IReadOnlyCollection<string> names) => _subscription.Names = names;

    public void Ask(string name) => _subscription.Add(name);

    public void Dispose()
    {
        _ended.Cancel();
        _poll.Cancel();
        _subscription.End();
        _client.Dispose();
    }

    // Continuations come back to main, whose synchronization context is current here.
    private async Task PollAsync()
    {
        _subscription.Counters.Attempted();
        try
        {
            if (await FetchAsync() is { } body)
            {
                await TakeAsync(body);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Fail(e is OperationCanceledException ? "no answer in time" : e.Message);
        }

        if (!_ended.IsCancellationRequested)
        {
            var delay = Math.Max(1, (long)_plane.RefreshDelay.TotalMilliseconds);
            _poll.Arm(delay + (long)(_context.Main.Random.Next() % (ulong)delay)); // so that many proxies do not ask at once
        }
    }

    private async Task<byte[]?> FetchAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        using var timer = new RequestTimeout(_context.Main, timeout, _plane.RequestTimeout);
        using var request = CreateRequest();
        RestChannel.Version(request, _context, _plane.Targets[0].Cluster);
        using var response = await _client.SendAsync(request, timeout.Token);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return await ReadAsync(response.Content, timeout.Token);
            case HttpStatusCode.NotModified:
                return null;
            default:
                Fail($"status {(int)response.StatusCode}");
                return null;
        }
    }

    // The control plane says how much it sends, the proxy how much it takes.
    private async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken stop)
    {
        try
        {
            await content.LoadIntoBufferAsync(NodeLimits.MaxBytes, stop);
            return await content.ReadAsByteArrayAsync(stop);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            Fail($"the answer is larger than {NodeLimits.MaxBytes} bytes");
            return null;
        }
    }

    private HttpRequestMessage CreateRequest()
    {
        var request = new DiscoveryRequest { VersionInfo = _version, TypeUrl = _type.Url, Node = NodeMessage.Of(_context.Node) };
        request.ResourceNames.AddRange(_subscription.Names);
        var content = new ReadOnlyMemoryContent(MessageJson.ToJson(request, RequestName));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, new Uri("http://" + RestChannel.AuthorityOf(_plane.Targets[0].Cluster) + _type.RestPath)) { Content = content };
    }

    private async ValueTask TakeAsync(byte[] body)
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        var version = "";
        ResourceUpdate update;
        DiscoveryResponse? response = null;
        try
        {
            response = ResourceReader.ReadText("answer.json", body, _context.UnknownFields);
            version = response.VersionInfo;
            update = new ResourceUpdate(version, [.. ResourceReader.Read(_type, version, response.Resources, _context.UnknownFields).Select(static read => read.Resource)]) { IsComplete = true };
        }
        catch (ConfigException e)
        {
            _subscription.Refuse(RefusedAnswers.Of(response, e, _context.Main.UtcNow));
            LogRefused(_logger, _type.MessageName, e.Message);
            return;
        }

        var faults = await _subscription.DeliverAsync(update);
        if (faults.Count > 0)
        {
            LogRefused(_logger, _type.MessageName, string.Join("; ", faults));
        }
        else
        {
            _version = version;
        }
    }

    private void Fail(string reason)
    {
        if (!_ended.IsCancellationRequested)
        {
            _subscription.Counters.Failed();
            LogFailed(_logger, _plane.Targets[0].Cluster, reason);
        }
    }

    [LoggerMessage(60, LogLevel.Warning, "control plane {Cluster} did not answer: {Reason}")]
    private static partial void LogFailed(ILogger logger, string cluster, string reason);

    [LoggerMessage(61, LogLevel.Warning, "{Type} was refused: {Faults}")]
    private static partial void LogRefused(ILogger logger, string type, string faults);
}
