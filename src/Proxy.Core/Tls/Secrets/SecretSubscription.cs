using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>One secret that is watched, and who uses it. It is taken when all of them can use it. On main.</summary>
internal sealed class SecretSubscription(SecretKey key, Worker main, StatsStore store) : IResourceWatcher
{
    private readonly List<(ISecretBinding Binding, Action Ready)> _users = [];
    private readonly StatScope _scope = store.CreateScope();
    private IResourceSubscription? _subscription;
    private StatShard? _stats;
    private string? _fileFault;
    private bool _answered;

    public SecretKey Key { get; } = key;

    /// <summary>The secret in use; null before the first.</summary>
    public TlsSecretConfig? Secret { get; private set; }

    /// <summary>Where it came from, and since when it is waited for when nothing has come.</summary>
    public DynamicOrigin Origin { get; private set; } = new("uninitialized", main.UtcNow, null);

    private string Name => Key.Reference.Name;

    /// <summary>Uses a secret that does not change.</summary>
    public void Fix(TlsSecretConfig secret) => (Secret, _answered) = (secret, true);

    /// <summary>Adds a user, whose <paramref name="scope"/> waits for the first answer.</summary>
    public void Add(ISecretBinding binding, ResourceScope scope) => _users.Add((binding, _answered ? static () => { } : scope.Await($"SdsApi {Name}")));

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start(ResourceHub resources)
    {
        if (_subscription is not null || Key.Reference.Source is not { } source)
        {
            return;
        }

        var prefix = $"sds.{Name}.";
        _stats = _scope.CreateGroup(SecretStats.Schema, prefix).Shard(main);
        var counters = SubscriptionCounters.Create(store, _scope, prefix, main);
        _subscription = resources.Subscribe(new ResourceRequest(source, ResourceKind.Secret, [Name], counters), this);
    }

    /// <summary>A user has gone; true when it was the last one, which ends the watch.</summary>
    public bool Remove(ISecretBinding binding)
    {
        _users.RemoveAll(user => user.Binding == binding);
        if (_users.Count > 0)
        {
            return false;
        }

        _subscription?.Dispose();
        _scope.Remove();
        return true;
    }

    /// <summary>Counts, once, that the files it names cannot be used.</summary>
    public void ReportFiles(string? fault)
    {
        if (fault is not null && fault != _fileFault)
        {
            _stats?.Increment(SecretStats.RotationFailed);
        }

        _fileFault = fault;
    }

    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Count == 0 && !update.IsComplete)
        {
            return new([]); // a secret that is gone goes on to be used
        }

        if (update.Resources.Count != 1)
        {
            throw new ConfigException("", $"{update.Resources.Count} secrets instead of {Name} alone");
        }

        Take(update.Resources[0]);
        MarkReady();
        return new([]);
    }

    public void GiveUp() => MarkReady();

    private void Take(Resource resource)
    {
        if (resource.Name != Name)
        {
            throw new ConfigException("name", $"{resource.Name} instead of {Name}");
        }

        if (resource.Faults.Count > 0)
        {
            throw new ConfigException(resource.Faults);
        }

        if (resource.Config is not TlsSecretConfig secret || secret == Secret)
        {
            return;
        }

        Key.Check(secret);
        var prepared = _users.ConvertAll(user => user.Binding.Prepare(this, secret));
        Secret = secret;
        Origin = new DynamicOrigin(resource.Version, main.UtcNow, resource.Message);
        for (var i = 0; i < prepared.Count; i++)
        {
            prepared[i]?.Invoke();
            _users[i].Binding.CountUpdate(main);
        }
    }

    private void MarkReady()
    {
        _answered = true;
        foreach (var user in _users.ToArray())
        {
            user.Ready();
        }
    }
}
