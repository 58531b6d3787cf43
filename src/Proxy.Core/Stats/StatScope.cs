namespace Proxy.Stats;

/// <summary>The stats of one owner, such as a listener with everything in it: they leave the store together, when the owner has gone.</summary>
public sealed class StatScope
{
    private readonly StatsStore _store;
    private readonly List<StatGroup> _groups = [];
    private bool _removed;

    internal StatScope(StatsStore store)
    {
        _store = store;
    }

    /// <summary>Begins another scope of the same store, with a life of its own.</summary>
    internal StatScope CreateSibling() => new(_store);

    /// <summary>Adds a group, or joins the one there is: owners that count the same under the same prefix share their numbers. From any thread.</summary>
    /// <param name="schema">What is counted.</param>
    /// <param name="prefix">What stands before every name; ends in a dot or is empty.</param>
    public StatGroup CreateGroup(StatSchema schema, string prefix)
    {
        var group = _store.CreateGroup(schema, prefix);
        lock (_groups)
        {
            if (_removed || _groups.Contains(group))
            {
                group.Remove(); // a worker was late, and counts what nobody sees any more; or the owner has it already
            }
            else
            {
                _groups.Add(group);
            }
        }

        return group;
    }

    /// <summary>The owner has gone: groups that nobody shares leave the store.</summary>
    public void Remove()
    {
        lock (_groups)
        {
            _removed = true;
            _groups.ForEach(static group => group.Remove());
            _groups.Clear();
        }
    }
}
