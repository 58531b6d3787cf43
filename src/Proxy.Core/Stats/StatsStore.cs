namespace Proxy.Stats;

/// <summary>All stats of one proxy.</summary>
/// <remarks>Groups are added and removed from any thread; numbers are read and merged on main.</remarks>
public sealed class StatsStore
{
    private readonly List<StatGroup> _groups = [];
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

    /// <summary>Adds the stats of a component's instance under <paramref name="prefix"/>, which ends in a dot or is empty.</summary>
    public StatGroup CreateGroup(StatSchema schema, string prefix)
    {
        var group = new StatGroup(this, schema, prefix);
        lock (Gate)
        {
            _groups.Add(group);
        }

        return group;
    }

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
            return [.. _groups];
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
            _groups.Remove(group);
        }
    }
}
