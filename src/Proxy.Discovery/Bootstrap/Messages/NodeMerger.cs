using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Puts a second value of a field over the first, as protobuf merges: messages by field, lists one after the other, the rest is replaced.</summary>
internal static class NodeMerger
{
    public static ConfigNode Merge(FieldType field, ConfigNode first, ConfigNode second)
    {
        if (field.IsMap)
        {
            return BothAre(NodeKind.Map, first, second) ? MergeKeys(first, second) : second;
        }

        if (field.IsRepeated)
        {
            return ConfigNode.List(first.Position, [.. Items(first), .. Items(second)]);
        }

        return field.Kind == FieldKind.Message && BothAre(NodeKind.Map, first, second) ? MergeMessages(first, second) : second;
    }

    /// <summary>All entries of both; a field that then occurs twice is merged when it is read.</summary>
    public static ConfigNode MergeMessages(ConfigNode first, ConfigNode second) =>
        ConfigNode.Map(first.Position, [.. first.Entries, .. second.Entries]);

    private static ConfigNode MergeKeys(ConfigNode first, ConfigNode second)
    {
        var replaced = second.Entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return ConfigNode.Map(first.Position, [.. first.Entries.Where(e => !replaced.Contains(e.Name)), .. second.Entries]);
    }

    private static List<ConfigNode> Items(ConfigNode node) => node.Kind == NodeKind.List ? node.Items : [node];

    private static bool BothAre(NodeKind kind, ConfigNode first, ConfigNode second) => first.Kind == kind && second.Kind == kind;
}
