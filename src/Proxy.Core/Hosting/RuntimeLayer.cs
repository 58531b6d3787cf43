using Proxy.Configuration;

namespace Proxy.Hosting;

/// <summary>One layer and the values it has now. On main.</summary>
internal sealed class RuntimeLayer
{
    public RuntimeLayer(RuntimeLayerConfig config)
    {
        Config = config;
        Set((config as StaticRuntimeLayerConfig)?.Values ?? []);
    }

    public RuntimeLayerConfig Config { get; }

    /// <summary>The values by key.</summary>
    public SortedDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Nothing is missing; false for a folder that does not exist or cannot be read.</summary>
    public bool Exists { get; private set; } = true;

    /// <summary>Its folder is there and could not be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes values in place of all there are.</summary>
    public void Set(IEnumerable<RuntimeValue> values)
    {
        Values.Clear();
        foreach (var (key, value) in values)
        {
            Values[key] = value;
        }
    }

    /// <summary>Takes the values of its folder.</summary>
    public void Read(IRuntimeFolders folders, string path)
    {
        IReadOnlyList<RuntimeValue>? values = null;
        try
        {
            values = folders.Read(path);
            IsBroken = false;
        }
        catch (ConfigException)
        {
            IsBroken = true;
        }

        Exists = values is not null;
        Set(values ?? []);
    }
}
