namespace Proxy.Resources;

/// <summary>What the parts of one thing, such as a listener, wait for before it can be used, and what they let go when it has gone. On main.</summary>
internal sealed class ResourceScope : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly List<Target> _open = [];
    private readonly List<Action> _waiters = [];

    /// <summary>Names of what is waited for.</summary>
    public IEnumerable<string> Unready => _open.Select(static target => target.Name);

    /// <summary>Nothing is waited for.</summary>
    public bool IsReady => _open.Count == 0;

    /// <summary>Disposes <paramref name="part"/> with the scope.</summary>
    public void Own(IDisposable part) => _owned.Add(part);

    /// <summary>Something has to be waited for; call the result, once or more often, when it is there.</summary>
    public Action Await(string name)
    {
        var target = new Target(name);
        _open.Add(target);
        return () =>
        {
            if (_open.Remove(target))
            {
                TellWaiters();
            }
        };
    }

    /// <summary>Calls <paramref name="callback"/> when everything is there; at once when it is. Not after <see cref="Dispose"/>.</summary>
    public void WhenReady(Action callback)
    {
        _waiters.Add(callback);
        TellWaiters();
    }

    public void Dispose()
    {
        _waiters.Clear();
        _open.Clear();
        _owned.ForEach(static part => part.Dispose());
        _owned.Clear();
    }

    private void TellWaiters()
    {
        if (_open.Count > 0)
        {
            return;
        }

        var waiters = _waiters.ToArray();
        _waiters.Clear();
        foreach (var waiter in waiters)
        {
            waiter();
        }
    }

    private sealed record Target(string Name)
    {
        public bool Equals(Target? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
    }
}
