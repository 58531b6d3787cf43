using System.Globalization;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1.Nodes;

/// <summary>A v3 message under construction, in the place of the v1 value that it comes from: faults found in it later name that value.</summary>
internal sealed class V3Map
{
    private readonly List<ConfigEntry> _entries = [];
    private readonly FaultPosition _position;

    private V3Map(FaultPosition position)
    {
        _position = position;
    }

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>An empty message.</summary>
    public static V3Map At(ConfigNode source) => new(source.Position);

    /// <summary>An empty message with its type.</summary>
    public static V3Map Packed(ConfigNode source, string type) => At(source).With("@type", "type.googleapis.com/" + type);

    /// <summary>An extension: a name and a message.</summary>
    public static V3Map Extension(ConfigNode source, string name, V3Map config) => At(source).With("name", name).With("typed_config", config);

    /// <summary>A list in the place of <paramref name="source"/>.</summary>
    public static ConfigNode List(ConfigNode source, IEnumerable<ConfigNode?> items) => ConfigNode.List(source.Position, [.. items.OfType<ConfigNode>()]);

    /// <summary>A list with one item.</summary>
    public static ConfigNode List(V3Map item) => ConfigNode.List(item._position, [item.ToNode()]);

    /// <summary>Sets a field; leaves it out when there is no value.</summary>
    public V3Map With(string name, ConfigNode? value)
    {
        if (value is not null)
        {
            _entries.Add(new ConfigEntry(name, value, value.Position));
        }

        return this;
    }

    public V3Map With(string name, V3Map? value) => With(name, value?.ToNode());

    public V3Map With(string name, string value) => With(name, ConfigNode.Scalar(NodeKind.String, _position, value));

    public V3Map With(string name, bool value) => With(name, ConfigNode.Scalar(NodeKind.Bool, _position, value ? "true" : "false"));

    public V3Map With(string name, long value) => With(name, ConfigNode.Scalar(NodeKind.Number, _position, value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Sets a list; leaves it out when there are no items.</summary>
    public V3Map With(string name, IEnumerable<ConfigNode?> items)
    {
        List<ConfigNode> list = [.. items.OfType<ConfigNode>()];
        return list.Count == 0 ? this : With(name, ConfigNode.List(list[0].Position, list));
    }

    /// <summary>Copies keys that are the same in both generations.</summary>
    public V3Map Copy(ConfigNode source, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            With(key, source.Get(key));
        }

        return this;
    }

    public ConfigNode ToNode() => ConfigNode.Map(_position, _entries);
}
