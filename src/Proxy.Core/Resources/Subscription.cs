using Proxy.Configuration;
using Proxy.Workers;

namespace Proxy.Resources;

/// <summary>One watch: counts what comes of it, gives up waiting for a first answer in time, and hands answers to its watcher. On main.</summary>
internal sealed class Subscription
{
    private readonly Worker _main;
    private readonly WorkerTimer _timeout;
    private bool _ended;

    public Subscription(ResourceRequest request, IResourceWatcher watcher, Worker main)
    {
        Request = request;
        Watcher = watcher;
        Names = [.. request.Names];
        _main = main;
        _timeout = main.CreateTimer(static self => ((Subscription)self!).OnTimeout(), this);
    }

    public ResourceRequest Request { get; }

    public IResourceWatcher Watcher { get; }

    /// <summary>What is watched; none for everything.</summary>
    public IReadOnlyCollection<string> Names { get; set; }

    /// <summary>Whatever comes is for it.</summary>
    public bool IsWildcard => Names.Count == 0 && Request.Prefix is null;

    public SubscriptionCounters Counters => Request.Counters;

    /// <summary>Watches one more name.</summary>
    public void Add(string name)
    {
        if (!Names.Contains(name))
        {
            Names = [.. Names, name];
        }
    }

    /// <summary>A resource of that name is for it.</summary>
    public bool Wants(string name) => IsWildcard || Names.Contains(name) || (Request.Prefix is { } prefix && name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Begins to wait for the first answer.</summary>
    public void Start()
    {
        if (Request.Source.InitialFetchTimeout > TimeSpan.Zero)
        {
            _timeout.Arm((long)Request.Source.InitialFetchTimeout.TotalMilliseconds);
        }
    }

    /// <summary>Stops; no answer is handed on any more.</summary>
    public void End()
    {
        _ended = true;
        _timeout.Cancel();
        Counters.Close();
    }

    /// <summary>Hands an answer on.</summary>
    /// <returns>What was refused; empty when all was taken.</returns>
    public async ValueTask<IReadOnlyList<ConfigFault>> DeliverAsync(ResourceUpdate update)
    {
        if (_ended)
        {
            return [];
        }

        _timeout.Cancel();
        var started = _main.Time.GetTimestamp();
        IReadOnlyList<ConfigFault> faults;
        try
        {
            faults = await Watcher.UpdateAsync(update);
        }
        catch (ConfigException e)
        {
            faults = e.Faults;
        }

        if (faults.Count > 0)
        {
            Refuse();
        }
        else
        {
            Counters.Succeeded(update.Version, _main.UtcNow, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        return faults;
    }

    /// <summary>An answer was refused: whoever waits for a first one goes on without.</summary>
    public void Refuse()
    {
        _timeout.Cancel();
        Counters.Rejected();
        Watcher.GiveUp();
    }

    private void OnTimeout()
    {
        Counters.TimedOut();
        Counters.Attempted();
        Watcher.GiveUp();
    }
}
