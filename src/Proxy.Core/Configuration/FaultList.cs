namespace Proxy.Configuration;

/// <summary>Faults found so far: compilers add to it and go on, so that the user sees all of them at once.</summary>
internal sealed class FaultList
{
    private readonly List<ConfigFault> _faults = [];

    public int Count => _faults.Count;

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<ConfigFault> Faults => _faults;

    public void Add(string path, string message) => _faults.Add(new ConfigFault(path, message));

    /// <summary>Takes over the faults of <paramref name="exception"/>, which lie below <paramref name="path"/>.</summary>
    public void Add(string path, ConfigException exception) => Add(path, exception.Faults);

    /// <summary>Takes over faults that lie below <paramref name="path"/>.</summary>
    public void Add(string path, IEnumerable<ConfigFault> faults)
    {
        foreach (var fault in faults)
        {
            _faults.Add(fault with { Path = Join(path, fault.Path) });
        }
    }

    /// <summary>
    /// Moves the faults from <paramref name="first"/> on below <paramref name="path"/>: who compiles very many things can so spare the text of places
    /// that have no fault.
    /// </summary>
    public void Move(int first, string path)
    {
        for (var i = first; i < _faults.Count; i++)
        {
            _faults[i] = _faults[i] with { Path = Join(path, _faults[i].Path.TrimStart('.')) };
        }
    }

    /// <summary>Runs <paramref name="step"/> and takes over its faults, which lie below <paramref name="path"/>.</summary>
    public void Collect(string path, Action step)
    {
        try
        {
            step();
        }
        catch (ConfigException exception)
        {
            Add(path, exception);
        }
    }

    /// <exception cref="ConfigException">There are faults.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw new ConfigException(_faults);
        }
    }

    private static string Join(string path, string rest)
    {
        return path.Length == 0 || rest.Length == 0 || rest[0] == '[' ? path + rest : $"{path}.{rest}";
    }
}
