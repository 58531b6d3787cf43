namespace Proxy.Configuration.Filters;

/// <summary>The HTTP filter that gives requests dynamic metadata (Envoy <c>set_metadata.v3.Config</c>).</summary>
/// <param name="Entries">What is set, in order.</param>
public sealed record SetMetadataConfig(ConfigList<SetMetadataEntry> Entries);

/// <summary>Metadata of one namespace (Envoy <c>set_metadata.v3.Metadata</c>).</summary>
/// <param name="Namespace">Where it is kept.</param>
/// <param name="Json">A JSON object.</param>
public sealed record SetMetadataEntry(string Namespace, string Json)
{
    /// <summary>Merges into what the namespace has already; otherwise that stays as it is, and is counted. Default false.</summary>
    public bool AllowOverwrite { get; init; }
}
