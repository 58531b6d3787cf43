namespace Proxy.Discovery.Bootstrap.Faults;

/// <summary>Collects the faults of one load; finding one never stops the search for the next.</summary>
internal sealed class FaultList
{
    // A text of garbage could otherwise make a fault a byte.
    private const int Limit = 1000;

    private readonly List<SourceFault> _faults = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public bool HasErrors { get; private set; }

    public int Count => _faults.Count;

    public void Add(SourceFault fault)
    {
        HasErrors |= fault.Severity == FaultSeverity.Error;
        _paths.Add(fault.Path);
        if (_faults.Count < Limit)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Whether a fault was found at exactly this path.</summary>
    public bool Has(string path) => _paths.Count > 0 && _paths.Contains(path);

    /// <summary>Whether something at this path, above it or below it was found already, so that a second fault would only be its echo.</summary>
    public bool Touches(string path)
    {
        foreach (var known in _paths)
        {
            if (known.Length > 0 && (IsWithin(path, known) || IsWithin(known, path)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The faults in the order of the text.</summary>
    public IReadOnlyList<SourceFault> Sorted() =>
    [
        .. _faults
            .OrderBy(f => f.Position.File, StringComparer.Ordinal)
            .ThenBy(f => f.Position.Line)
            .ThenBy(f => f.Position.Column)
            .Distinct(),
    ];

    private static bool IsWithin(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal)
        && (path.Length == outer.Length || path[outer.Length] is '.' or '[');
}
