using Proxy.Discovery.Bootstrap.Faults;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>Reads the first document of a YAML text from parser events, so that each value keeps its line and column.</summary>
internal sealed class YamlNodeReader
{
    private readonly string _file;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, ConfigNode> _anchors = [];
    private readonly FaultList _faults;

    private YamlNodeReader(string file, string text, FaultList faults)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
        _faults = faults;
    }

    /// <exception cref="NodeSyntaxException">The text is not YAML, or nests too deep.</exception>
    public static ConfigNode Read(string file, string text, FaultList faults)
    {
        var reader = new YamlNodeReader(file, text, faults);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            throw new NodeSyntaxException(e.Message, (int)e.Start.Line, (int)e.Start.Column);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner trips over some broken texts instead of naming them.
            var last = reader._parser.Current?.End ?? Mark.Empty;
            throw new NodeSyntaxException("broken after this place", (int)last.Line, (int)last.Column);
        }
    }

    private ConfigNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return ConfigNode.Scalar(NodeKind.Null, new FaultPosition(_file, 1, 1), "");
        }

        return ReadNode(0);
    }

    private ConfigNode ReadNode(int depth)
    {
        var start = _parser.Current!.Start;
        if (depth > NodeLimits.MaxDepth)
        {
            throw new NodeSyntaxException($"more than {NodeLimits.MaxDepth} levels deep", (int)start.Line, (int)start.Column);
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out var known)
                ? known
                : throw new NodeSyntaxException($"unknown alias *{alias.Value}", (int)start.Line, (int)start.Column);
        }

        var anchor = ((NodeEvent)_parser.Current).Anchor;
        var node = ReadValue(depth);
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private ConfigNode ReadValue(int depth)
    {
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return YamlScalar.ToNode(scalar, PositionOf(scalar.Start));
        }

        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<ConfigNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }

            return ConfigNode.List(PositionOf(sequence.Start), items);
        }

        return ReadMap(_parser.Consume<MappingStart>(), depth);
    }

    private ConfigNode ReadMap(MappingStart start, int depth)
    {
        var entries = new List<ConfigEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = PositionOf(_parser.Current!.Start);
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw new NodeSyntaxException("a key must be a plain text", at.Line, at.Column);
            }

            var name = key.Value is "~" or "" && key.Style == ScalarStyle.Plain ? "null" : key.Value;
            Add(entries, new ConfigEntry(name, ReadNode(depth + 1), at));
        }

        return ConfigNode.Map(PositionOf(start.Start), entries);
    }

    // The last of equal keys counts, as in Envoy; nobody writes the others on purpose.
    private void Add(List<ConfigEntry> entries, ConfigEntry entry)
    {
        var known = entries.FindIndex(e => e.Name == entry.Name);
        if (known < 0)
        {
            entries.Add(entry);
            return;
        }

        _faults.Add(new SourceFault(
            entries[known].Position,
            "",
            "duplicate_key",
            $"\"{entry.Name}\" is set again in line {entry.Position.Line}, which replaces this one",
            Severity: FaultSeverity.Warning));
        entries[known] = entry;
    }

    private FaultPosition PositionOf(in Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);
}
