using Proxy.Configuration;

namespace Proxy.Resources.Status;

/// <summary>What became of the resources of one watch, for whoever asks for the state of the proxy. On main.</summary>
/// <remarks>Tens of thousands of watches are of one name each, so the first one needs no table.</remarks>
internal sealed class ResourceLedger
{
    /// <summary>Stands for all that there is while nothing can be said by name.</summary>
    public const string Everything = "*";

    private readonly ResourceKind _kind;
    private ResourceStatus? _whole; // of a watch without names, until an answer has some
    private ResourceStatus? _first;
    private Dictionary<string, ResourceStatus>? _others;
    private bool _isOpen;

    /// <param name="kind">What is watched.</param>
    /// <param name="names">Names; none for everything there is.</param>
    public ResourceLedger(ResourceKind kind, IReadOnlyCollection<string> names)
    {
        _kind = kind;
        Rename(names);
    }

    /// <summary>The resources that were asked for or have come.</summary>
    public IEnumerable<ResourceStatus> Entries
    {
        get
        {
            IEnumerable<ResourceStatus?> single = [_whole, _first];
            return single.OfType<ResourceStatus>().Concat(_others?.Values ?? Enumerable.Empty<ResourceStatus>());
        }
    }

    // What a cluster does with its endpoints says more than the message, of which there may be very many.
    private bool KeepsMessages => _kind != ResourceKind.Endpoints;

    // Those go on to be used when the source has them no more.
    private bool GoesOnWithout => _kind is ResourceKind.Routes or ResourceKind.Secret or ResourceKind.Endpoints;

    /// <summary>Other names are watched instead.</summary>
    public void Rename(IReadOnlyCollection<string> names)
    {
        _isOpen = names.Count == 0;
        _whole = _isOpen ? new ResourceStatus(Everything) : null;
        foreach (var former in Entries.Where(entry => entry != _whole && !names.Contains(entry.Name)).ToArray())
        {
            Remove(former.Name);
        }

        foreach (var name in names)
        {
            Open(name).IsNamed = true;
        }
    }

    /// <summary>One more name is watched, or the same once more.</summary>
    public void Ask(string name)
    {
        var entry = Open(name);
        entry.IsNamed = true;
        entry.Ask();
    }

    /// <summary>Nothing came in time.</summary>
    public void TimeOut()
    {
        foreach (var entry in Entries)
        {
            entry.TimeOut();
        }
    }

    /// <summary>An answer was taken, refused in parts, or refused.</summary>
    /// <param name="update">The answer.</param>
    /// <param name="faults">What is wrong with it; empty when it was taken.</param>
    /// <param name="refused">What of it was refused, by name, with the rest taken; null when faults refuse it as a whole.</param>
    /// <param name="at">When it came.</param>
    public void Note(ResourceUpdate update, IReadOnlyList<ConfigFault> faults, IReadOnlyDictionary<string, RefusedUpdate>? refused, DateTimeOffset at)
    {
        if (faults.Count == 0)
        {
            Take(update, RefusedResources.None, at);
        }
        else if (refused is null)
        {
            RefuseWhole(update, faults, at);
        }
        else if (update.IsWhole)
        {
            RefuseParts(refused);
        }
        else
        {
            Take(update, refused, at);
        }
    }

    /// <summary>An answer was refused as a whole; the resources in it are all for this watch.</summary>
    public void Refuse(RefusedAnswer answer)
    {
        foreach (var resource in answer.Resources)
        {
            Open(resource.Name).Refuse(answer.Of(resource));
        }

        if (answer.Resources.Count == 0)
        {
            RefuseAll(answer.Of(null));
        }
    }

    private void RefuseWhole(ResourceUpdate update, IReadOnlyList<ConfigFault> faults, DateTimeOffset at)
    {
        var answer = new RefusedAnswer(update.Version, at, string.Join('\n', faults));
        Refuse(answer with { Resources = [.. update.Resources.Where(resource => _isOpen || Find(resource.Name) is not null)] });
    }

    // Of what stood beside it, some may have been taken and some not: nothing is said of that.
    private void RefuseParts(IReadOnlyDictionary<string, RefusedUpdate> refused)
    {
        foreach (var (name, refusal) in refused)
        {
            Open(name).Refuse(refusal);
        }
    }

    private void Take(ResourceUpdate update, IReadOnlyDictionary<string, RefusedUpdate> refused, DateTimeOffset at)
    {
        _whole = null;
        foreach (var resource in update.Resources)
        {
            var entry = Open(resource.Name);
            if (refused.TryGetValue(resource.Name, out var refusal))
            {
                entry.Refuse(refusal);
                continue;
            }

            entry.Take(resource, at, KeepsMessages);
            foreach (var alias in resource.Aliases)
            {
                Find(alias)?.Take(resource, at, KeepsMessages);
            }
        }

        foreach (var name in update.Removed)
        {
            Miss(name);
        }

        if (update.IsComplete)
        {
            MissOthers(update);
        }
    }

    private void MissOthers(ResourceUpdate update)
    {
        var named = update.Resources.Select(static resource => resource.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in Entries.Where(entry => !named.Contains(entry.Name)).ToArray())
        {
            Miss(entry.Name);
        }
    }

    private void Miss(string name)
    {
        if (Find(name) is not { } entry)
        {
            return;
        }

        if (entry.IsNamed)
        {
            entry.Miss(GoesOnWithout);
        }
        else
        {
            Remove(name);
        }
    }

    private void RefuseAll(RefusedUpdate refusal)
    {
        if (_isOpen)
        {
            (_whole ??= new ResourceStatus(Everything)).Refuse(refusal);
            return;
        }

        foreach (var entry in Entries)
        {
            entry.Refuse(refusal);
        }
    }

    private ResourceStatus? Find(string name) => _first?.Name == name ? _first : _others?.GetValueOrDefault(name);

    private ResourceStatus Open(string name)
    {
        if (Find(name) is { } known)
        {
            return known;
        }

        var entry = new ResourceStatus(name);
        if (_first is null)
        {
            _first = entry;
        }
        else
        {
            (_others ??= new(StringComparer.Ordinal)).Add(name, entry);
        }

        return entry;
    }

    private void Remove(string name)
    {
        if (_first?.Name == name)
        {
            _first = null;
        }
        else
        {
            _others?.Remove(name);
        }
    }
}
