using Proxy.Configuration;

namespace Proxy.Resources.Status;

/// <summary>What of one answer was refused, for a watcher that takes resources one by one. On main.</summary>
internal sealed class RefusedResources
{
    /// <summary>Nothing was.</summary>
    public static readonly IReadOnlyDictionary<string, RefusedUpdate> None = new Dictionary<string, RefusedUpdate>();

    private readonly FaultList _faults = new();
    private Dictionary<string, RefusedUpdate>? _byName;

    /// <summary>What was refused, by name.</summary>
    public IReadOnlyDictionary<string, RefusedUpdate> ByName => _byName ?? None;

    /// <summary>All faults, below the names.</summary>
    public IReadOnlyList<ConfigFault> Faults => _faults.Faults;

    /// <summary>Runs a step of taking a resource, and notes what it throws.</summary>
    public void Collect(Resource resource, DateTimeOffset at, Action step)
    {
        try
        {
            step();
        }
        catch (ConfigException why)
        {
            Add(resource, why, at);
        }
    }

    /// <summary>A resource was refused.</summary>
    public void Add(Resource resource, ConfigException why, DateTimeOffset at)
    {
        _faults.Add(resource.Name, why);
        (_byName ??= new(StringComparer.Ordinal))[resource.Name] = new RefusedUpdate(resource.Message, resource.Version, at, why.Message);
    }
}
