using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>A v1 file in v3, whether or not this proxy has everything that it asks for.</summary>
/// <param name="Yaml">The v3 bootstrap; null when there are errors.</param>
/// <param name="Faults">Errors and warnings in the order of the text.</param>
internal sealed record V1Conversion(string? Yaml, IReadOnlyList<SourceFault> Faults)
{
    /// <summary>Converts a text.</summary>
    /// <param name="path">Its name, whose ending picks the format.</param>
    /// <param name="text">The text.</param>
    public static V1Conversion Convert(string path, ReadOnlySpan<byte> text)
    {
        var faults = new FaultList();
        if (ConfigText.Parse(path, text, faults) is not { } root)
        {
            return new V1Conversion(null, faults.Sorted());
        }

        if (!V1Bootstrap.IsV1(root))
        {
            faults.Add(new SourceFault(root.Position, "", "v1", "is no v1 configuration", "there is nothing to convert"));
            return new V1Conversion(null, faults.Sorted());
        }

        var v3 = V1Bootstrap.Translate(root, faults);
        return new V1Conversion(v3 is null ? null : YamlNodeWriter.Write(v3), faults.Sorted());
    }
}
