using System.Globalization;
using Proxy.Discovery.Bootstrap.Messages;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1.Schema;

/// <summary>Holds a v1 text against the schema; what translators read afterwards is there and of the right kind.</summary>
internal sealed class V1Checker(V1Context context)
{
    /// <summary>Checks an object and all that is in it.</summary>
    /// <param name="node">The object.</param>
    /// <param name="name">Its name in the schema.</param>
    public void Check(ConfigNode node, string name) => CheckObject(node, V1Schema.Find(name)!);

    private void CheckObject(ConfigNode node, V1Object type)
    {
        if (!Expect(node, NodeKind.Map, "an object"))
        {
            return;
        }

        var fields = type.Fields;
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in node.Entries)
        {
            if (!given.Add(entry.Name))
            {
                context.Fault(entry.Value, "duplicate", $"{entry.Name} is given twice");
            }

            if (fields.FirstOrDefault(field => field.Name == entry.Name) is { } field)
            {
                CheckValue(entry.Value, field.Type, node);
            }
            else if (!type.IsOpen)
            {
                context.UnknownKey(node, entry, Suggestion.DidYouMean(entry.Name, fields.Select(static field => field.Name)));
            }
        }

        foreach (var field in fields.Where(field => field.IsRequired && !given.Contains(field.Name)))
        {
            context.Fault(node, "required", $"key '{field.Name}' is missing");
        }
    }

    private void CheckValue(ConfigNode node, V1Type type, ConfigNode around)
    {
        switch (type.Kind)
        {
            case V1Kind.Text:
                if (Expect(node, NodeKind.String, "a string") && type.IsNonEmpty && node.Text.Length == 0)
                {
                    context.Fault(node, "min_length", "must not be empty");
                }

                break;
            case V1Kind.Bool:
                Expect(node, NodeKind.Bool, "true or false");
                break;
            case V1Kind.Integer:
                CheckInteger(node, type);
                break;
            case V1Kind.Words:
                CheckWord(node, type);
                break;
            case V1Kind.List:
                CheckList(node, type, around);
                break;
            case V1Kind.Texts:
                CheckTexts(node);
                break;
            case V1Kind.Object:
                Check(node, type.Names[0]);
                break;
            case V1Kind.Tagged:
                CheckPicked(node, type, node);
                break;
            case V1Kind.ConfigOf:
                CheckPicked(node, type, around);
                break;
        }
    }

    private void CheckInteger(ConfigNode node, V1Type type)
    {
        if (!Expect(node, NodeKind.Number, "a whole number"))
        {
            return;
        }

        if (!long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            context.Fault(node, "wrong_type", $"must be a whole number, not {node.Text}");
        }
        else if (value < type.Least || value > type.Most)
        {
            context.Fault(node, "range", $"must be {Bounds(type, value)}, not {value}");
        }
    }

    private static string Bounds(V1Type type, long value) =>
        !type.IsOpen ? $"from {type.Least} to {type.Most}" : value < type.Least ? $"at least {type.Least}" : $"at most {type.Most}";

    private void CheckWord(ConfigNode node, V1Type type)
    {
        if (Expect(node, NodeKind.String, "a string") && !type.Names.Contains(node.Text))
        {
            context.Fault(node, "enum", $"must be {string.Join(" or ", type.Names)}, not {node.Describe()}", Suggestion.DidYouMean(node.Text, type.Names));
        }
    }

    private void CheckList(ConfigNode node, V1Type type, ConfigNode around)
    {
        if (!Expect(node, NodeKind.List, "a list"))
        {
            return;
        }

        if (type.IsNonEmpty && node.Items.Count == 0)
        {
            context.Fault(node, "min_items", "must not be empty");
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in node.Items)
        {
            CheckValue(item, type.Items!, around);
            if (type.IsUnique && !known.Add(NodeText.Of(item)))
            {
                context.Fault(item, "unique", "stands there twice");
            }
        }
    }

    private void CheckTexts(ConfigNode node)
    {
        if (Expect(node, NodeKind.Map, "an object"))
        {
            foreach (var entry in node.Entries)
            {
                Expect(entry.Value, NodeKind.String, "a string");
            }
        }
    }

    private void CheckPicked(ConfigNode node, V1Type type, ConfigNode chooser)
    {
        // A wrong or missing key of the chooser is a fault of its own.
        if (chooser.Get(type.Key) is not { Kind: NodeKind.String } name)
        {
            if (ReferenceEquals(node, chooser))
            {
                CheckChooser(node, type.Key);
            }
        }
        else if (V1Schema.Find($"{type.Names[0]}/{name.Text}") is { } picked)
        {
            CheckObject(node, picked);
        }
        else
        {
            var names = V1Schema.NamesAfter(type.Names[0] + "/");
            context.Fault(name, "unknown_name", $"Didn't find a registered implementation for name: '{name.Text}'", Suggestion.DidYouMean(name.Text, names) ?? "there are " + string.Join(", ", names));
        }
    }

    private void CheckChooser(ConfigNode node, string key)
    {
        if (node.Get(key) is { } name)
        {
            Expect(name, NodeKind.String, "a string");
        }
        else
        {
            context.Fault(node, "required", $"key '{key}' is missing");
        }
    }

    private bool Expect(ConfigNode node, NodeKind kind, string what)
    {
        if (node.Kind == kind)
        {
            return true;
        }

        context.Fault(node, "wrong_type", $"must be {what}, not {node.Describe()}");
        return false;
    }
}
