using Proxy.Matching;

namespace Proxy.Expressions.Attributes;

/// <summary>Reads metadata; null stands for none.</summary>
internal delegate IReadOnlyDictionary<string, Dictionary<string, object>>? MetadataFunction(in CelContext context);

/// <summary>Metadata as Envoy's message: its namespaces are under <c>filter_metadata</c>.</summary>
internal sealed class MetadataMap(MetadataFunction read) : CelMap
{
    private static readonly Dictionary<string, Dictionary<string, object>> None = [];

    /// <summary>What filters have set.</summary>
    public static MetadataMap OfRequest { get; } = new(static (in CelContext c) =>
        c.Data.Info is { HasFilterData: true } info ? info.DynamicMetadata as IReadOnlyDictionary<string, Dictionary<string, object>> : null);

    /// <summary>What gives the map.</summary>
    public static AttributeNode Node(MetadataFunction read)
    {
        var map = new MetadataMap(read);
        return new AttributeNode((in CelContext _) => CelValue.OfMap(map));
    }

    public override CelValue Find(in CelContext context, CelValue key) =>
        key.Text.SequenceEqual("filter_metadata"u8) ? CelValue.OfMap(read(context) ?? None) : CelValue.NoSuchKey;
}

/// <summary><c>filter_state[name]</c>: values that filters left for others, of the request or of its connection. Texts are bytes, as in Envoy.</summary>
internal sealed class FilterStateMap : CelMap
{
    public override CelValue Find(in CelContext context, CelValue key)
    {
        var value = FilterStateInput.Find(context.Data, key.String);
        return value switch
        {
            null => CelValue.NoSuchKey,
            string text => CelValue.OfBytes(context.Text(text).Text),
            _ => CelContainers.Of(context, value),
        };
    }
}
