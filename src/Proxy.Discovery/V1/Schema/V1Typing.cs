using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1.Schema;

/// <summary>Gives the values of a v1 text the kinds of the schema where the source knew texts alone, as the keys of an application's configuration do.</summary>
/// <remarks>What cannot be what the schema asks for stays a text, which the checker refuses.</remarks>
internal static class V1Typing
{
    /// <summary>The same object with its values typed.</summary>
    /// <param name="node">The object.</param>
    /// <param name="name">Its name in the schema.</param>
    public static ConfigNode Apply(ConfigNode node, string name) => V1Schema.Find(name) is { } type ? Object(node.As(NodeKind.Map), type) : node;

    private static ConfigNode Object(ConfigNode node, V1Object type) => node.Kind != NodeKind.Map
        ? node
        : ConfigNode.Map(node.Position, node.Entries.ConvertAll(entry => type.Fields.FirstOrDefault(field => field.Name == entry.Name) is { } field
            ? entry with { Value = Value(entry.Value, field.Type, node) }
            : entry));

    private static ConfigNode Value(ConfigNode node, V1Type type, ConfigNode around) => type.Kind switch
    {
        V1Kind.Text or V1Kind.Words => node.As(NodeKind.String),
        V1Kind.Integer => node.Kind == NodeKind.String && IsNumber(node.Text) ? ConfigNode.Scalar(NodeKind.Number, node.Position, node.Text) : node,
        V1Kind.Bool => node.Kind == NodeKind.String && bool.TryParse(node.Text, out var value) ? ConfigNode.Scalar(NodeKind.Bool, node.Position, value ? "true" : "false") : node,
        V1Kind.List => Items(node.As(NodeKind.List), type, around),
        V1Kind.Object => Apply(node, type.Names[0]),
        V1Kind.Tagged => Apply(node, Picked(node, type)),
        V1Kind.ConfigOf => Apply(node, Picked(around, type)),
        _ => node.As(NodeKind.Map),
    };

    private static ConfigNode Items(ConfigNode node, V1Type type, ConfigNode around) =>
        node.Kind == NodeKind.List ? ConfigNode.List(node.Position, node.Items.ConvertAll(item => Value(item, type.Items!, around))) : node;

    private static string Picked(ConfigNode chooser, V1Type type) => $"{type.Names[0]}/{chooser.Entries.Find(entry => entry.Name == type.Key).Value?.Text}";

    private static bool IsNumber(string text) => text.AsSpan(text.StartsWith('-') ? 1 : 0) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9');
}
