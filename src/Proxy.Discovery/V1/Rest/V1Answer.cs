using Proxy.Configuration;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V3;
using Proxy.Resources;

namespace Proxy.Discovery.V1.Rest;

/// <summary>An answer of a v1 discovery service that was read: what it says in v3, and where that stands in it.</summary>
/// <param name="Update">Its resources.</param>
internal sealed record V1Answer(ResourceUpdate Update)
{
    /// <summary>The text.</summary>
    public required ConfigNode Root { get; init; }

    /// <summary>The translated text of each resource of <see cref="Update"/>.</summary>
    public required IReadOnlyList<ConfigNode> Translated { get; init; }

    /// <summary>What of it has no effect.</summary>
    public required IReadOnlyList<SourceFault> Warnings { get; init; }

    /// <summary>Faults that were found when the resources were put in effect, in the terms and at the places of the answer.</summary>
    public ConfigException Restate(IEnumerable<ConfigFault> faults) => new([.. faults.Select(fault => new ConfigFault("", Restate(fault).ToString()))]);

    private SourceFault Restate(ConfigFault fault)
    {
        var (resource, below) = Locate(fault.Path);
        var position = new SourceMap(resource ?? Root).Find(SourceMap.StepsOf(below));
        return V1Configuration.Restate(Root, new SourceFault(position, "", "refused", fault.Message));
    }

    // Among many, a path begins with the name of one, which may have dots itself.
    private (ConfigNode? Resource, string Below) Locate(string path)
    {
        var found = -1;
        for (var i = 0; i < Update.Resources.Count; i++)
        {
            var name = Update.Resources[i].Name;
            var isIts = path.StartsWith(name, StringComparison.Ordinal) && (path.Length == name.Length || path[name.Length] is '.' or '[');
            found = isIts && (found < 0 || name.Length > Update.Resources[found].Name.Length) ? i : found;
        }

        return found >= 0 ? (Translated[found], path[Update.Resources[found].Name.Length..]) : (Translated is [var only] ? only : null, path);
    }
}
