using Proxy.Configuration.Tls;
using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.V3;

/// <summary>What translators share: where faults go, what the whole configuration defines, and the extensions.</summary>
internal sealed class TranslationContext(FaultList faults, SourceMap? source, ExtensionTranslators extensions)
{
    /// <summary>Settings without effect are warnings. Default: false, they are faults.</summary>
    public bool AllowUnsupported { get; init; }

    public ExtensionTranslators Extensions { get; } = extensions;

    /// <summary>Names of the static clusters, to check references against.</summary>
    public HashSet<string> Clusters { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of those static clusters through which a control plane can be reached.</summary>
    public HashSet<string> PrimaryClusters { get; } = new(StringComparer.Ordinal);

    /// <summary>The static secrets.</summary>
    public List<TlsSecretConfig> Secrets { get; } = [];

    /// <summary>References to clusters and static secrets are checked here. Default: true; false while the proxy runs, where more clusters are known than here.</summary>
    public bool ChecksClusters { get; init; } = true;

    /// <summary>The node has an id and a cluster, as control planes ask for. Default true.</summary>
    public bool HasNode { get; init; } = true;

    /// <summary>There is a control plane for all kinds.</summary>
    public bool HasAggregatedSource { get; set; }

    /// <summary>Reads a file that a configuration names.</summary>
    public Func<string, byte[]> ReadFile { get; init; } = File.ReadAllBytes;

    /// <summary>Answers whether there is a file.</summary>
    public Func<string, bool> FileExists { get; init; } = File.Exists;

    /// <summary>Reads an environment variable that a configuration names; null when there is none.</summary>
#pragma warning disable RS0030 // the default of the one place where a reader meets its process
    public Func<string, string?> ReadVariable { get; init; } = Environment.GetEnvironmentVariable;
#pragma warning restore RS0030

    /// <summary>A value that cannot be used. Left out where the reader found a fault already, of which this one would be the echo.</summary>
    public void Fault(Place place, string message, string? hint = null) => Add(place, "invalid", message, hint, FaultSeverity.Error);

    /// <summary>Whether the reader refused the type packed at <paramref name="place"/>: it is none that fits there.</summary>
    public bool IsTypeRefused(Place place) => faults.HasErrors && faults.Has($"{place}.@type");

    public void Unsupported(Place place, string message) =>
        Add(place, SourceFault.NotSupported, message, null, AllowUnsupported ? FaultSeverity.Warning : FaultSeverity.Error);

    /// <summary>A value without effect that Envoy lets pass.</summary>
    public void Warn(Place place, string message) => Add(place, "unused", message, null, FaultSeverity.Warning);

    private void Add(Place place, string rule, string message, string? hint, FaultSeverity severity)
    {
        var steps = place.Steps();
        var path = place.ToString();
        if (!faults.Touches(path))
        {
            faults.Add(new SourceFault(source?.Find(steps) ?? default, path, rule, message, hint, severity));
        }
    }
}
