using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Loads a v1 configuration by way of v3, and says what is wrong with it in the terms of v1.</summary>
internal static class V1Configuration
{
    /// <summary>Translates a v1 text and loads what comes of it.</summary>
    /// <param name="root">The text.</param>
    /// <param name="load">Loads v3.</param>
    /// <param name="faults">Where faults go.</param>
    public static BootstrapResult Load(ConfigNode root, Func<ConfigNode, BootstrapResult> load, FaultList faults)
    {
        if (V1Bootstrap.Translate(root, faults) is not { } v3)
        {
            return new BootstrapResult(null, null, faults.Sorted());
        }

        var result = load(v3);
        return result with { Faults = [.. result.Faults.Select((fault, i) => i < V1Paths.MostFaults ? Restate(root, fault) : fault).Distinct()], Restate = fault => Restate(root, fault) };
    }

    /// <summary>A fault of v3 where the v1 text has its cause.</summary>
    public static SourceFault Restate(ConfigNode root, SourceFault fault)
    {
        if (V1Paths.Find(root, fault.Position) is not { } path)
        {
            return fault;
        }

        // v3 names the message of an extension that is not here; v1 names the filter, or just the key.
        var isExtension = fault.Rule == SourceFault.NotSupported && fault.Message.StartsWith("extension ", StringComparison.Ordinal);
        return isExtension ? fault with { Path = path, Message = V1Paths.NameAt(root, fault.Position) is { } name ? $"filter {name} is not supported yet" : "not supported yet" } : fault with { Path = path };
    }
}
