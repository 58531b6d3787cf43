namespace Proxy.Stats;

/// <summary>All stats of one proxy.</summary>
/// <remarks>Groups are added and removed from any thread; numbers are read and merged on main.</remarks>
public sealed class StatsStore
{
    private readonly List<StatGroup> _groups = [];

    internal Lock Gate { get; } = new();

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

    /// <summary>The groups there are now.</summary>
    public IReadOnlyList<StatGroup> Snapshot()
    {
        lock (Gate)
        {
            return [.. _groups];
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
