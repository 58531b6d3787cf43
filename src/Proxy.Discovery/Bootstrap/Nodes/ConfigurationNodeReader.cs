using Microsoft.Extensions.Configuration;
using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Reads a section of the application's configuration as if it were a bootstrap file.</summary>
/// <remarks>
/// Sources of <see cref="IConfiguration"/> keep texts only and fold the case of keys, so every value is read as text; a section whose keys are
/// 0, 1, 2 … is a list. Places are the keys: there are no lines, and values are told apart by their number.
/// </remarks>
internal sealed class ConfigurationNodeReader
{
    private readonly string _name;
    private int _values;

    private ConfigurationNodeReader(string name)
    {
        _name = name;
    }

    public static ConfigNode Read(IConfiguration section, string name) => new ConfigurationNodeReader(name).ReadChildren(section);

    private ConfigNode ReadSection(IConfigurationSection section)
    {
        if (section.GetChildren().Any())
        {
            return ReadChildren(section);
        }

        // Of {}, [], null and "" in JSON there is no value or an empty text left.
        return string.IsNullOrEmpty(section.Value)
            ? ConfigNode.Scalar(NodeKind.Empty, Next(), "")
            : ConfigNode.Scalar(NodeKind.String, Next(), section.Value);
    }

    private ConfigNode ReadChildren(IConfiguration section)
    {
        var position = Next();
        var children = section.GetChildren().ToList();
        return children.Count > 0 && children.Select(static (child, i) => int.TryParse(child.Key, out var key) && key == i).All(static inOrder => inOrder)
            ? ConfigNode.List(position, children.ConvertAll(ReadSection))
            : ConfigNode.Map(position, children.ConvertAll(ReadEntry));
    }

    private ConfigEntry ReadEntry(IConfigurationSection child)
    {
        var position = Next();
        return new ConfigEntry(child.Key, ReadSection(child), position);
    }

    private FaultPosition Next() => new(_name, 0, _values++);
}
