using System.Text;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.V1.Nodes;

/// <summary>A value as text in which equal values are equal.</summary>
internal static class NodeText
{
    public static string Of(ConfigNode node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ConfigNode node)
    {
        text.Append((int)node.Kind).Append(':').Append(node.Text.Length).Append(':').Append(node.Text);
        foreach (var item in node.Items)
        {
            Append(text.Append('['), item);
        }

        foreach (var entry in node.Entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            Append(text.Append('{').Append(entry.Name.Length).Append(':').Append(entry.Name), entry.Value);
        }
    }
}
