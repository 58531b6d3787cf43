using System.Text;

namespace Proxy.Expressions.Attributes;

/// <summary>A group of attributes, such as those of the request.</summary>
internal sealed class AttributeMap : CelMap
{
    private readonly Dictionary<string, CelNode> _attributes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>The groups by name.</summary>
    public static IReadOnlyDictionary<string, CelMap> Roots { get; } = new Dictionary<string, CelMap>(StringComparer.Ordinal)
    {
        ["request"] = RequestAttributes.Create(),
        ["response"] = ResponseAttributes.Create(),
        ["connection"] = ConnectionAttributes.Create(),
        ["upstream"] = UpstreamAttributes.Create(),
        ["source"] = ConnectionAttributes.CreatePeer(static (in CelContext c) => c.Data.Info?.Remote ?? c.Data.Connection?.RemoteEndPoint),
        ["destination"] = ConnectionAttributes.CreatePeer(static (in CelContext c) => c.Data.Connection?.LocalEndPoint),
        ["metadata"] = MetadataMap.OfRequest,
        ["filter_state"] = new FilterStateMap(),
        ["xds"] = XdsAttributes.Create(),
    };

    /// <summary>Adds an attribute.</summary>
    public AttributeMap Add(string name, AttributeFunction read) => Add(name, new AttributeNode(read));

    /// <summary>Adds an attribute.</summary>
    public AttributeMap Add(string name, CelNode node)
    {
        _attributes.Add(name, node);
        return this;
    }

    /// <summary>Notes attributes that Envoy has and this proxy does not serve.</summary>
    public AttributeMap Refuse(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _refused.Add(name);
        }

        return this;
    }

    /// <summary>Envoy has it, and this proxy does not.</summary>
    public bool Refuses(string name) => _refused.Contains(name);

    /// <summary>What reads an attribute; one that nobody knows is an error, as in Envoy when it is asked for.</summary>
    public CelNode Node(string name) => _attributes.GetValueOrDefault(name) ?? new ErrorNode(Encoding.UTF8.GetBytes($"no such attribute {name}"));

    public override CelValue Find(in CelContext context, CelValue key) =>
        _attributes.TryGetValue(key.String, out var node) ? node.Evaluate(context) : CelValue.NoSuchKey;
}
