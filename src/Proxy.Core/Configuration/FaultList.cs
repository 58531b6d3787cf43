namespace Proxy.Configuration;

/// <summary>Faults found so far: compilers add to it and go on, so that the user sees all of them at once.</summary>
internal sealed class FaultList
{
    private readonly List<ConfigFault> _faults = [];

    public int Count => _faults.Count;

    public void Add(string path, string message) => _faults.Add(new ConfigFault(path, message));

    /// <summary>Takes over the faults of <paramref name="exception"/>, which lie below <paramref name="path"/>.</summary>
    public void Add(string path, ConfigException exception)
    {
        foreach (var fault in exception.Faults)
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

    /// <exception cref="ConfigException">There are faults.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw new ConfigException(_faults);
        }
    }

    private static string Join(string path, string rest) => path.Length == 0 ? rest : rest.Length == 0 ? path : $"{path}.{rest}";
}
