using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>
/// One stream to a control plane and what is watched over it: opens it again when it is lost, sends requests in the order they arose, and handles answers one
/// after the other. What requests and answers look like is up to the variant of the protocol. On main.
/// </summary>
internal abstract partial class GrpcMux : IRpcCallHandler
{
    private readonly ControlPlaneConfig _config;
    private readonly IRpcChannelFactory _channels;
    private readonly string _method;
    private readonly string _prefix;
    private readonly ILogger _logger;
    private readonly StatShard _stats;
    private readonly StatScope _scope;
    private readonly List<WatchedType> _types = [];
    private readonly Dictionary<ResourceKind, int> _pauses = [];
    private readonly Queue<WatchedType> _queue = [];
    private readonly Queue<byte[]> _inbox = [];
    private readonly RequestBudget? _budget;
    private readonly WorkerTimer _retry;
    private readonly WorkerTimer _refill;
    private readonly StreamTarget _target;
    private IRpcChannel? _channel;
    private IRpcCall? _call;
    private bool _answered;
    private bool _named;
    private bool _busy;
    private bool _closed;

    /// <param name="context">What the proxy lends.</param>
    /// <param name="config">How the control plane is reached.</param>
    /// <param name="channels">Makes channels to it.</param>
    /// <param name="method">The call.</param>
    /// <param name="prefix">What stands before <c>control_plane.</c> in stats.</param>
    protected GrpcMux(ResourceContext context, ControlPlaneConfig config, IRpcChannelFactory channels, string method, string prefix)
    {
        Context = context;
        _config = config;
        _channels = channels;
        _method = method;
        _prefix = prefix + "control_plane.";
        _logger = context.Loggers.CreateLogger<GrpcMux>();
        _scope = context.Stats.CreateScope();
        _stats = _scope.CreateGroup(ControlPlaneStats.Schema, _prefix).Shard(context.Main);
        _budget = config.RateLimit is { } limit ? new RequestBudget(limit, context.Main) : null;
        _retry = context.Main.CreateTimer(static self => ((GrpcMux)self!).Connect(), this);
        _refill = context.Main.CreateTimer(static self => ((GrpcMux)self!).SendQueued(), this);
        _target = new StreamTarget(config);
    }

    protected ResourceContext Context { get; }

    /// <summary>Names the node in requests, or null when the stream has been told already.</summary>
    protected Envoy.Config.Core.V3.Node? NodeForRequest
    {
        get
        {
            if (_named && _config.NodeOnFirstMessageOnly)
            {
                return null;
            }

            _named = true;
            return NodeMessage.Of(Context.Node);
        }
    }

    /// <summary>The place that is asked has told the versions that are known.</summary>
    protected bool IsKnownPlace => _target.IsKnown;

    private bool IsOpen => _call is not null;

    /// <summary>Begins to watch.</summary>
    public IResourceSubscription Subscribe(Subscription subscription)
    {
        var type = _types.Find(known => known.Type.Kind == subscription.Request.Kind);
        if (type is null)
        {
            type = new WatchedType(ResourceTypes.Of(subscription.Request.Kind));
            _types.Add(type);
        }

        type.Add(subscription);
        subscription.Counters.Attempted();
        subscription.Start();
        OnNamesChanged(type);
        OnSubscribed(type, subscription);
        if (!IsOpen && !_retry.IsArmed)
        {
            Connect();
        }

        return new Watch(this, type, subscription);
    }

    public void Pause(ResourceKind kind) => _pauses[kind] = _pauses.GetValueOrDefault(kind) + 1;

    public void Resume(ResourceKind kind)
    {
        if (--_pauses[kind] == 0 && _types.Find(type => type.Type.Kind == kind) is { IsPending: true } type)
        {
            type.IsPending = false;
            Queue(type);
        }
    }

    /// <summary>Ends the stream for good.</summary>
    public void Close()
    {
        _closed = true;
        _retry.Cancel();
        _refill.Cancel();
        _call?.Dispose();
        _call = null;
        _channel?.Dispose();
        _scope.Remove();
        Context.Stats.SetText(_prefix + "identifier", null);
    }

    public void OnMessage(IRpcCall call, byte[] message)
    {
        if (call != _call)
        {
            return;
        }

        _answered = true;
        _target.OnAnswer();
        _inbox.Enqueue(message);
        if (!_busy)
        {
            _ = HandleAsync();
        }
    }

    public void OnEnded(IRpcCall call, int status, string details)
    {
        if (call != _call)
        {
            return;
        }

        LogEnded(_logger, _target.Current.Cluster, status, details);
        call.Dispose();
        _call = null;
        _inbox.Clear();
        _queue.Clear();
        _stats.Set(ControlPlaneStats.ConnectedState, 0);
        _stats.Set(ControlPlaneStats.PendingRequests, 0);
        foreach (var subscription in _types.SelectMany(static type => type.Subscriptions).ToArray())
        {
            subscription.Counters.Failed();
            subscription.Counters.Attempted();
        }

        var former = _target.Current;
        var pause = _target.OnEnd(Context.Main.Random, _answered);
        if (_target.Current != former)
        {
            _channel?.Dispose();
            _channel = null;
        }

        if (pause > 0)
        {
            _retry.Arm(pause);
        }
        else
        {
            Connect();
        }
    }

    /// <summary>The stream is new: forgets what only the last one knew.</summary>
    protected abstract void OnOpened(WatchedType type);

    /// <summary>Other names are watched than before.</summary>
    protected abstract void OnNamesChanged(WatchedType type);

    /// <summary>A name is asked for, perhaps again.</summary>
    protected virtual void OnAsked(WatchedType type, string name) => OnNamesChanged(type);

    /// <summary>Somebody has begun to watch.</summary>
    protected abstract void OnSubscribed(WatchedType type, Subscription subscription);

    /// <summary>The next request of a type, in its wire form.</summary>
    protected abstract byte[] CreateRequest(WatchedType type);

    /// <summary>Handles an answer.</summary>
    protected abstract Task HandleAsync(byte[] message);

    /// <summary>The type with that URL; null when nobody has ever watched it.</summary>
    protected WatchedType? Find(string url) => _types.Find(type => type.Type.Url == url);

    /// <summary>Sends a request of a type after those that wait; later when the kind is paused.</summary>
    protected void Queue(WatchedType type)
    {
        if (_pauses.GetValueOrDefault(type.Type.Kind) > 0)
        {
            type.IsPending = true;
            return;
        }

        if (IsOpen)
        {
            _queue.Enqueue(type);
            SendQueued();
        }
    }

    /// <summary>Hands the parts of an answer on.</summary>
    /// <returns>What was refused; then every watch of the type counts a refusal, as in Envoy, though what the others were told holds.</returns>
    protected static async ValueTask<List<ConfigFault>> DeliverAsync(WatchedType type, List<WatchedPart> parts, Func<WatchedPart, ResourceUpdate> update)
    {
        var faults = new List<ConfigFault>();
        var refused = new HashSet<Subscription>();
        foreach (var part in parts)
        {
            var found = await part.Subscription.DeliverAsync(update(part));
            part.Subscription.Counters.Attempted();
            if (found.Count > 0)
            {
                faults.AddRange(found);
                refused.Add(part.Subscription);
            }
        }

        foreach (var other in faults.Count > 0 ? type.Subscriptions.Where(subscription => !refused.Contains(subscription)) : [])
        {
            other.Counters.Rejected();
            other.Counters.Attempted();
        }

        return faults;
    }

    /// <summary>The answer is refused as a whole.</summary>
    protected static void Refuse(WatchedType type, RefusedAnswer answer)
    {
        // Tens of thousands may watch one name each, and as many resources be in the answer.
        var parts = type.Split([.. answer.Resources], []).ToDictionary(static part => part.Subscription, static part => part.Resources);
        foreach (var subscription in type.Subscriptions.ToArray())
        {
            subscription.Refuse(answer, parts.GetValueOrDefault(subscription) ?? []);
            subscription.Counters.Attempted();
        }
    }

    /// <summary>Shows how the control plane calls itself.</summary>
    protected void Identify(string? identifier)
    {
        if (!string.IsNullOrEmpty(identifier))
        {
            Context.Stats.SetText(_prefix + "identifier", identifier);
        }
    }

    /// <summary>Writes down why an answer was refused.</summary>
    protected void LogRefused(WatchedType type, string version, string faults) => LogRefused(_logger, type.Type.MessageName, version, faults);

    private void Connect()
    {
        if (_closed)
        {
            return;
        }

        _channel ??= _channels.Create(Context, _target.Current);
        _named = _answered = false;
        _call = _channel.Start(_method, this);
        _stats.Set(ControlPlaneStats.ConnectedState, 1);
        foreach (var type in _types)
        {
            OnOpened(type);
            type.IsPending = false;
            Queue(type);
        }
    }

    private void SendQueued()
    {
        while (IsOpen && _queue.TryPeek(out var type))
        {
            if (_pauses.GetValueOrDefault(type.Type.Kind) > 0)
            {
                _queue.Dequeue();
                type.IsPending = true;
                continue;
            }

            if (_budget?.TryTake() == false)
            {
                _stats.Increment(ControlPlaneStats.RateLimitEnforced);
                _refill.Arm(_budget.NextToken);
                break;
            }

            _queue.Dequeue();
            _call!.Send(CreateRequest(type));
        }

        _stats.Set(ControlPlaneStats.PendingRequests, _queue.Count);
    }

    private async Task HandleAsync()
    {
        _busy = true;
        while (!_closed && _inbox.TryDequeue(out var message))
        {
            try
            {
                await HandleAsync(message);
            }
            catch (InvalidProtocolBufferException e)
            {
                LogBroken(_logger, e.Message);
            }
        }

        _busy = false;
    }

    private void End(WatchedType type, Subscription subscription)
    {
        type.Remove(subscription);
        subscription.End();
        OnNamesChanged(type);
    }

    [LoggerMessage(50, LogLevel.Warning, "the stream to control plane {Cluster} has ended: {Status} {Details}")]
    private static partial void LogEnded(ILogger logger, string cluster, int status, string details);

    [LoggerMessage(51, LogLevel.Warning, "{Type} version {Version} was refused: {Faults}")]
    private static partial void LogRefused(ILogger logger, string type, string version, string faults);

    [LoggerMessage(52, LogLevel.Warning, "an answer of a control plane is no message: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);

    private sealed class Watch(GrpcMux owner, WatchedType type, Subscription subscription) : IResourceSubscription
    {
        public void Rename(IReadOnlyCollection<string> names)
        {
            type.Change(subscription, subscription => subscription.Names = names);
            owner.OnNamesChanged(type);
        }

        public void Ask(string name)
        {
            type.Change(subscription, subscription => subscription.Add(name));
            owner.OnAsked(type, name);
        }

        public void Dispose() => owner.End(type, subscription);
    }
}
