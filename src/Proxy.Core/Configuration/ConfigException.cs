namespace Proxy.Configuration;

/// <summary>One fault of a configuration.</summary>
/// <param name="Path">Where, as <c>listeners[0].filter_chains[1].filters[0]</c>; relative to what was being read.</param>
/// <param name="Message">Which rule is broken.</param>
public sealed record ConfigFault(string Path, string Message)
{
    /// <summary>Path and message.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>A configuration breaks rules; all faults that were found are listed. Whatever was running goes on unchanged.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>Reports one fault.</summary>
    public ConfigException(string path, string message)
        : this([new ConfigFault(path, message)])
    {
    }

    /// <summary>Reports several faults.</summary>
    public ConfigException(IReadOnlyList<ConfigFault> faults)
        : base(string.Join(Environment.NewLine, faults))
    {
        Faults = faults;
    }

    /// <summary>The faults, in the order found.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; }
}
