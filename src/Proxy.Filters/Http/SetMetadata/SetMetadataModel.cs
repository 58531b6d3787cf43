using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Stats;

namespace Proxy.Filters.Http.SetMetadata;

/// <summary>What a <see cref="SetMetadataFilter"/> sets. Immutable.</summary>
internal sealed class SetMetadataModel
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId OverwriteDenied = Schema.Counter("overwrite_denied");

    private SetMetadataModel(Entry[] entries)
    {
        Entries = entries;
    }

    public Entry[] Entries { get; }

    /// <exception cref="ConfigException">An entry breaks a rule.</exception>
    public static SetMetadataModel Compile(SetMetadataConfig config)
    {
        var faults = new FaultList();
        var entries = config.Entries.Select((entry, i) => Compile(entry, $"metadata[{i}]", faults)).ToArray();
        faults.ThrowIfAny();
        return new SetMetadataModel(entries);
    }

    private static Entry Compile(SetMetadataEntry entry, string path, FaultList faults)
    {
        if (entry.Namespace.Length == 0)
        {
            faults.Add($"{path}.metadata_namespace", "must not be empty");
        }

        var value = MetadataTree.TryParse(entry.Json);
        if (value is null)
        {
            faults.Add($"{path}.value", "must be a JSON object");
        }

        return new Entry(entry.Namespace, value ?? [], entry.AllowOverwrite);
    }

    /// <summary>One namespace.</summary>
    internal sealed record Entry(string Namespace, Dictionary<string, object> Value, bool AllowOverwrite);
}
