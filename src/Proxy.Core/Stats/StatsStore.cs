namespace Proxy.Stats;

/// <summary>All stats of one proxy.</summary>
/// <remarks>Groups are added and removed from any thread; numbers are read and merged on main.</remarks>
public sealed class StatsStore
{
    private readonly Dictionary<(StatSchema Schema, string Prefix), StatGroup> _groups = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly List<Action> _publishers = [];

    /// <summary>Creates an empty store.</summary>
    public StatsStore()
    {
        Reader = new StatsReader(this);
    }

    internal Lock Gate { get; } = new();

    /// <summary>Merges what is counted here; on main.</summary>
    internal StatsReader Reader { get; }

    /// <summary>
    /// Adds the stats of a component's instance under <paramref name="prefix"/>, which ends in a dot or is empty. Instances that count the same under
    /// the same prefix share one group, as in Envoy; it stays until each of them has called <see cref="StatGroup.Remove"/>.
    /// </summary>
    public StatGroup CreateGroup(StatSchema schema, string prefix)
    {
        lock (Gate)
        {
            if (!_groups.TryGetValue((schema, prefix), out var group))
            {
                group = new StatGroup(this, schema, prefix);
                _groups.Add((schema, prefix), group);
            }

            group.Users++;
            return group;
        }
    }

    /// <summary>Begins a set of groups that leave together.</summary>
    public StatScope CreateScope() => new(this);

    /// <summary>Sets a text readout, such as the version of a discovery source; null takes it away.</summary>
    public void SetText(string name, string? value)
    {
        lock (Gate)
        {
            if (value is null)
            {
                _texts.Remove(name);
                return;
            }

            _texts[name] = value;
        }
    }

    /// <summary>Runs <paramref name="publish"/> before numbers are read: for gauges that are worked out rather than counted. On main.</summary>
    public void BeforeRead(Action publish) => _publishers.Add(publish);

    /// <summary>The groups there are now.</summary>
    public IReadOnlyList<StatGroup> Snapshot()
    {
        foreach (var publish in _publishers)
        {
            publish();
        }

        lock (Gate)
        {
            return [.. _groups.Values];
        }
    }

    internal IReadOnlyList<TextSample> Texts()
    {
        lock (Gate)
        {
            return [.. _texts.Select(text => new TextSample(text.Key, text.Value))];
        }
    }

    internal void Remove(StatGroup group)
    {
        lock (Gate)
        {
            if (group.Users > 0 && --group.Users == 0)
            {
                _groups.Remove((group.Schema, group.Prefix));
            }
        }
    }
}
