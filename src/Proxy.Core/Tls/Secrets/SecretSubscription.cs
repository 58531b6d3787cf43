using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Resources;
using Proxy.Resources.Sharing;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Tls.Secrets;

/// <summary>One who uses a secret.</summary>
/// <param name="Binding">What it is used for.</param>
/// <param name="Ready">Tells that there is one, or none to come.</param>
internal sealed record SecretUse(ISecretBinding Binding, Action Ready);

/// <summary>One secret that is watched, or does not change, and who uses it. On main.</summary>
internal sealed class SecretSubscription(SecretKey key, Worker main, StatsStore store) : SharedResource<SecretUse>(main, store, $"sds.{key.Reference.Name}.")
{
    private StatShard? _stats;
    private string? _fileFault;

    public SecretKey Key { get; } = key;

    /// <summary>The secret in use; null before the first.</summary>
    public TlsSecretConfig? Secret { get; private set; }

    /// <summary>Where it came from, and since when it is waited for when nothing has come.</summary>
    public DynamicOrigin Origin { get; private set; } = new("uninitialized", main.UtcNow, null);

    private string Name => Key.Reference.Name;

    /// <summary>Uses a secret that does not change.</summary>
    public void Fix(TlsSecretConfig secret)
    {
        Secret = secret;
        MarkReady();
    }

    /// <summary>Adds a user, whose <paramref name="scope"/> waits for the first answer.</summary>
    public void Add(ISecretBinding binding, ResourceScope scope) =>
        Uses.Add(new SecretUse(binding, IsAnswered ? static () => { } : scope.Await($"SdsApi {Name}")));

    /// <summary>Begins to watch, the first time.</summary>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public void Start(ResourceHub resources)
    {
        if (Key.Reference.Source is { } source)
        {
            _stats ??= Count(SecretStats.Schema);
            Watch(resources, source, ResourceKind.Secret, Name);
        }
    }

    /// <summary>A user has gone; true when it was the last one, which ends the watch.</summary>
    public bool Remove(ISecretBinding binding) => RemoveAll(use => use.Binding == binding);

    /// <summary>Counts, once, that the files it names cannot be used.</summary>
    public void ReportFiles(string? fault)
    {
        if (fault is not null && fault != _fileFault)
        {
            _stats?.Increment(SecretStats.RotationFailed);
        }

        _fileFault = fault;
    }

    public override ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Resources.Count > 0 || update.IsComplete)
        {
            Take(Only(update, Name));
            MarkReady();
        }

        return new([]); // a secret that is gone goes on to be used
    }

    protected override void OnReady(SecretUse use) => use.Ready();

    private void Take(Resource resource)
    {
        if (resource.Config is not TlsSecretConfig secret || secret == Secret)
        {
            return;
        }

        Key.Check(secret);
        var prepared = Uses.ConvertAll(use => use.Binding.Prepare(this, secret));
        Secret = secret;
        Origin = new DynamicOrigin(resource.Version, Main.UtcNow, resource.Message);
        for (var i = 0; i < prepared.Count; i++)
        {
            prepared[i]?.Invoke();
            Uses[i].Binding.CountUpdate(Main);
        }
    }
}
