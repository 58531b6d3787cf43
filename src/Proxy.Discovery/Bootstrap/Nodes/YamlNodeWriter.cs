using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Writes nodes as YAML that reads back as the same nodes.</summary>
internal sealed partial class YamlNodeWriter
{
    private readonly StringBuilder _text = new();

    private YamlNodeWriter()
    {
    }

    /// <summary>The text, with a line end.</summary>
    public static string Write(ConfigNode node)
    {
        var writer = new YamlNodeWriter();
        if (IsBlock(node))
        {
            writer.WriteBlock(node, 0);
        }
        else
        {
            writer._text.Append(Inline(node)).Append('\n');
        }

        return writer._text.ToString();
    }

    private static bool IsBlock(ConfigNode node) => node.Items.Count + node.Entries.Count > 0;

    // The caller has written the indentation of the first line.
    private void WriteBlock(ConfigNode node, int depth)
    {
        for (var i = 0; i < node.Entries.Count; i++)
        {
            Indent(i, depth);
            _text.Append(Quote(node.Entries[i].Name)).Append(':');
            WriteEntry(node.Entries[i].Value, depth);
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            Indent(i, depth);
            WriteItem(node.Items[i], depth);
        }
    }

    private void WriteEntry(ConfigNode value, int depth)
    {
        if (!IsBlock(value))
        {
            _text.Append(' ').Append(Inline(value)).Append('\n');
            return;
        }

        // A list may stand as far out as the key that it belongs to.
        var inner = value.Kind == NodeKind.List ? depth : depth + 1;
        _text.Append('\n').Append(' ', 2 * inner);
        WriteBlock(value, inner);
    }

    private void WriteItem(ConfigNode item, int depth)
    {
        _text.Append("- ");
        if (IsBlock(item))
        {
            WriteBlock(item, depth + 1);
        }
        else
        {
            _text.Append(Inline(item)).Append('\n');
        }
    }

    private void Indent(int index, int depth)
    {
        if (index > 0)
        {
            _text.Append(' ', 2 * depth);
        }
    }

    private static string Inline(ConfigNode node) => node.Kind switch
    {
        NodeKind.Null or NodeKind.Empty => "null",
        NodeKind.List => "[]",
        NodeKind.Map => "{}",
        NodeKind.String => Quote(node.Text),
        _ => node.Text,
    };

    // JSON's quoted strings are YAML's too. Plain is only what no reader takes for a number, a bool, a time or an indicator.
    private static string Quote(string text) =>
        Plain().IsMatch(text) && !Special().IsMatch(text) ? text : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex(@"^[A-Za-z_/][A-Za-z0-9_./-]*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(true|false|null|yes|no|on|off|y|n|nan|inf)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
