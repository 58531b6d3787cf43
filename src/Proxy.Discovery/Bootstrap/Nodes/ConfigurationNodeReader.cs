using Microsoft.Extensions.Configuration;
using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Reads a section of the application's configuration as if it were a bootstrap file.</summary>
/// <remarks>
/// Sources of <see cref="IConfiguration"/> keep texts only and fold the case of keys, so every value is read as text; a section whose keys are
/// 0, 1, 2 … is a list. Places are the keys, there are no lines.
/// </remarks>
internal static class ConfigurationNodeReader
{
    public static ConfigNode Read(IConfiguration section, string name)
    {
        return ReadChildren(section, new FaultPosition(name, 0, 0));
    }

    private static ConfigNode ReadSection(IConfigurationSection section, FaultPosition position)
    {
        if (section.GetChildren().Any())
        {
            return ReadChildren(section, position);
        }

        return section.Value switch
        {
            null => ConfigNode.Scalar(NodeKind.Null, position, ""),
            "" => ConfigNode.Map(position, []), // JSON sources leave an empty text for {} and []
            var text => ConfigNode.Scalar(NodeKind.String, position, text),
        };
    }

    private static ConfigNode ReadChildren(IConfiguration section, FaultPosition position)
    {
        var children = section.GetChildren().ToList();
        return children.Count > 0 && children.Select(static (child, i) => int.TryParse(child.Key, out var key) && key == i).All(static inOrder => inOrder)
            ? ConfigNode.List(position, children.ConvertAll(child => ReadSection(child, position)))
            : ConfigNode.Map(position, children.ConvertAll(child => new ConfigEntry(child.Key, ReadSection(child, position), position)));
    }
}
