using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Workers;

namespace Proxy.Resources;

/// <summary>One watch of a source of the application's: runs its task, again when it fails, and hands on what it writes. On main.</summary>
internal sealed partial class CustomSubscription : IResourceSubscription
{
    private const long ShortestPause = 1000;
    private const long LongestPause = 30_000;

    private readonly IConfigSource _source;
    private readonly Subscription _subscription;
    private readonly Worker _main;
    private readonly ILogger _logger;
    private readonly List<CustomSubscription> _open;
    private readonly WorkerTimer _retry;
    private CancellationTokenSource _stop = new();
    private long _pause = ShortestPause;

    /// <param name="source">The source.</param>
    /// <param name="subscription">The watch.</param>
    /// <param name="main">The main thread.</param>
    /// <param name="logger">Told of failures.</param>
    /// <param name="open">Watches that are open; this one is among them from <see cref="Start"/> to <see cref="Dispose"/>.</param>
    public CustomSubscription(IConfigSource source, Subscription subscription, Worker main, ILogger logger, List<CustomSubscription> open)
    {
        _source = source;
        _subscription = subscription;
        _main = main;
        _logger = logger;
        _open = open;
        _retry = main.CreateTimer(static self => ((CustomSubscription)self!).Run(), this);
    }

    /// <summary>Begins to watch.</summary>
    public void Start()
    {
        _open.Add(this);
        _subscription.Start();
        Run();
    }

    public void Rename(IReadOnlyCollection<string> names)
    {
        _subscription.Names = names;
        Halt();
        _stop = new CancellationTokenSource();
        Run();
    }

    public void Ask(string name)
    {
        _subscription.Add(name);
        Rename(_subscription.Names);
    }

    public void Dispose()
    {
        if (_open.Remove(this))
        {
            Halt();
            _subscription.End();
        }
    }

    private void Run() => _ = RunAsync(_stop.Token);

    private void Halt()
    {
        _retry.Cancel();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        _subscription.Counters.Attempted();
        var updates = Channel.CreateUnbounded<ConfigUpdate>(new UnboundedChannelOptions { SingleReader = true });
        var watching = Watch(updates.Writer, stop);
        try
        {
            await PumpAsync(updates.Reader, stop);
            await watching;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Abandon(updates.Reader);
        }
        catch (Exception e) when (!stop.IsCancellationRequested) // whatever an application's code throws
        {
            Fail(e);
        }
    }

    private async Task PumpAsync(ChannelReader<ConfigUpdate> updates, CancellationToken stop)
    {
        while (await updates.WaitToReadAsync(stop))
        {
            while (!stop.IsCancellationRequested && updates.TryRead(out var update))
            {
                var faults = await DeliverAsync(update);
                update.Complete(faults);
                _pause = ShortestPause;
                if (faults.Count > 0)
                {
                    LogRefused(_logger, _source.Name, string.Join("; ", faults));
                }
            }
        }
    }

    private ValueTask<IReadOnlyList<ConfigFault>> DeliverAsync(ConfigUpdate update)
    {
        var wanted = _subscription.Names;
        var resources = update.Resources
            .Where(resource => wanted.Count == 0 || wanted.Contains(resource.Key, StringComparer.Ordinal))
            .Select(resource => ToResource(resource.Key, resource.Value, update.Version));
        return _subscription.DeliverAsync(new ResourceUpdate(update.Version, [.. resources]) { IsComplete = update.IsComplete, Removed = [.. update.Removed] });
    }

    private Resource ToResource(string name, object config, string version)
    {
        var kind = _subscription.Request.Kind;
        var faults = CustomResource.Check(kind, name, config) is { } fault ? new[] { new ConfigFault(name, fault) } : [];
        return new Resource(name, version, faults.Length == 0 ? config : null) { Faults = faults };
    }

    // The application's code must not find itself on the main thread after an await.
    private Task Watch(ChannelWriter<ConfigUpdate> updates, CancellationToken stop)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return WatchAsync(updates, stop);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private async Task WatchAsync(ChannelWriter<ConfigUpdate> updates, CancellationToken stop)
    {
        try
        {
            await _source.WatchAsync(new ConfigWatch(_subscription.Request.Kind, _subscription.Names), updates, stop);
        }
        finally
        {
            updates.TryComplete();
        }
    }

    private void Fail(Exception exception)
    {
        _subscription.Counters.Failed();
        LogFailed(_logger, exception, _source.Name);
        Halt();
        _stop = new CancellationTokenSource();
        _retry.Arm(_pause - ((long)(_main.Random.Next() >> 1) % (_pause / 2)));
        _pause = Math.Min(_pause * 2, LongestPause);
    }

    private static void Abandon(ChannelReader<ConfigUpdate> updates)
    {
        while (updates.TryRead(out var update))
        {
            update.Abandon();
        }
    }

    [LoggerMessage(48, LogLevel.Warning, "Refused an update of the source {Source}: {Faults}")]
    private static partial void LogRefused(ILogger logger, string source, string faults);

    [LoggerMessage(49, LogLevel.Warning, "The source {Source} failed; it begins again after a pause")]
    private static partial void LogFailed(ILogger logger, Exception exception, string source);
}
