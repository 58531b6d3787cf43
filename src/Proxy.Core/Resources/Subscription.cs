using Proxy.Configuration;
using Proxy.Resources.Status;
using Proxy.Workers;

namespace Proxy.Resources;

/// <summary>One watch: counts what comes of it, gives up waiting for a first answer in time, and hands answers to its watcher. On main.</summary>
internal sealed class Subscription
{
    private readonly Worker _main;
    private readonly WorkerTimer _timeout;
    private readonly Func<string, string>? _canonical;
    private Dictionary<string, string>? _spellings;
    private bool _ended;

    /// <param name="request">What is wanted.</param>
    /// <param name="watcher">Who wants it.</param>
    /// <param name="main">Where it lives.</param>
    /// <param name="canonical">Brings a name in the form in which it is asked for and compared; null where names are compared as they are.</param>
    public Subscription(ResourceRequest request, IResourceWatcher watcher, Worker main, Func<string, string>? canonical = null)
    {
        Request = request;
        Watcher = watcher;
        _canonical = canonical;
        Names = [.. request.Names];
        _main = main;
        _timeout = main.CreateTimer(static self => ((Subscription)self!).OnTimeout(), this);
    }

    public ResourceRequest Request { get; }

    public IResourceWatcher Watcher { get; }

    /// <summary>What is watched, in canonical form; none for everything.</summary>
    public IReadOnlyCollection<string> Names { get; set => field = Canonical(value); }

    /// <summary>Whatever comes is for it.</summary>
    public bool IsWildcard => Names.Count == 0 && Request.Prefix is null;

    public SubscriptionCounters Counters => Request.Counters;

    /// <summary>Watches one more name.</summary>
    public void Add(string name)
    {
        if (!Names.Contains(name))
        {
            Names = [.. Names.Select(SpellingOf), name];
        }
    }

    /// <summary>What the watcher calls one of <see cref="Names"/>.</summary>
    public string SpellingOf(string name) => _spellings?.GetValueOrDefault(name) ?? name;

    /// <summary>A resource of that name is for it.</summary>
    public bool Wants(string name) => IsWildcard || Names.Contains(_canonical?.Invoke(name) ?? name) || (Request.Prefix is { } prefix && name.StartsWith(prefix, StringComparison.Ordinal));

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
        IReadOnlyDictionary<string, RefusedUpdate>? refused = null;
        try
        {
            faults = await Watcher.UpdateAsync(update);
            refused = Watcher.Refused;
        }
        catch (ConfigException e)
        {
            faults = e.Faults;
        }

        Request.Ledger.Note(update, faults, refused, _main.UtcNow);
        if (faults.Count > 0)
        {
            GiveUp();
        }
        else
        {
            Counters.Succeeded(update.Version, _main.UtcNow, (long)_main.Time.GetElapsedTime(started).TotalMilliseconds);
        }

        return faults;
    }

    /// <summary>An answer was refused that may have more in it than is wanted.</summary>
    public void Refuse(RefusedAnswer answer) => Refuse(
        answer,
        [.. answer.Resources.Where(resource => Wants(resource.Name)).Select(resource => resource with { Name = SpellingOf(_canonical?.Invoke(resource.Name) ?? resource.Name) })]);

    /// <summary>An answer was refused that is for others too.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="wanted">What in it is for this watch.</param>
    public void Refuse(RefusedAnswer answer, IReadOnlyList<Resource> wanted)
    {
        if (wanted.Count > 0 || answer.Resources.Count == 0)
        {
            Request.Ledger.Refuse(answer with { Resources = wanted });
        }

        GiveUp();
    }

    // Whoever waits for a first answer goes on without.
    private void GiveUp()
    {
        _timeout.Cancel();
        Counters.Rejected();
        Watcher.GiveUp();
    }

    private IReadOnlyCollection<string> Canonical(IReadOnlyCollection<string> names)
    {
        if (_canonical is null || names.All(name => _canonical(name) == name))
        {
            return names;
        }

        _spellings = [];
        foreach (var name in names)
        {
            _spellings[_canonical(name)] = name;
        }

        return [.. _spellings.Keys];
    }

    /// <summary>There is an answer that cannot be read at all: whoever waits for a first one goes on without.</summary>
    public void Fail(RefusedAnswer answer)
    {
        Request.Ledger.Refuse(answer);
        _timeout.Cancel();
        Counters.Failed();
        Watcher.GiveUp();
    }

    private void OnTimeout()
    {
        Request.Ledger.TimeOut();
        Counters.TimedOut();
        Counters.Attempted();
        Watcher.GiveUp();
    }
}
