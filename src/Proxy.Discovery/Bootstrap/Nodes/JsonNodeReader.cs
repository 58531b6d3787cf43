using System.Text;
using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Bootstrap.Nodes;

/// <summary>
/// Reads JSON as protobuf's parser takes it: single quotes, keys without quotes and a trailing comma pass;
/// comments, a byte order mark and bare words do not. Equal keys are kept side by side, in order.
/// </summary>
internal sealed class JsonNodeReader
{
    private readonly string _file;
    private readonly string _text;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal); // settings repeat their names: one string is enough
    private readonly List<ConfigEntry> _entries = []; // of all maps that are open; a map that ends takes what is its own
    private readonly List<ConfigNode> _items = [];

    private int _at;
    private int _line = 1;
    private int _lineStart;

    private JsonNodeReader(string file, string text)
    {
        _file = file;
        _text = text;
    }

    /// <exception cref="NodeSyntaxException">The text is not JSON, or nests too deep.</exception>
    public static ConfigNode Read(string file, string text)
    {
        var reader = new JsonNodeReader(file, text);
        reader.SkipBlanks();
        var node = reader.ReadValue(0);
        reader.SkipBlanks();
        return reader._at == text.Length ? node : throw reader.Unexpected("the end");
    }

    private ConfigNode ReadValue(int depth)
    {
        var position = Position;
        switch (Peek)
        {
            case '{':
                return ReadMap(depth + 1, position);
            case '[':
                return ReadList(depth + 1, position);
            case '"' or '\'':
                return ConfigNode.Scalar(NodeKind.String, position, ReadString());
            case '-' or (>= '0' and <= '9'):
                return ConfigNode.Scalar(NodeKind.Number, position, ReadNumber());
            default:
                return ReadWord(position);
        }
    }

    private ConfigNode ReadMap(int depth, FaultPosition position)
    {
        Open(depth);
        var start = _entries.Count;
        while (!TryTake('}'))
        {
            var at = Position;
            var name = Peek is '"' or '\'' ? ReadKey() : ReadBareKey();
            SkipBlanks();
            Take(':');
            SkipBlanks();
            _entries.Add(new ConfigEntry(name, ReadValue(depth), at));
            Next('}');
        }

        return ConfigNode.Map(position, TakeFrom(_entries, start));
    }

    private ConfigNode ReadList(int depth, FaultPosition position)
    {
        Open(depth);
        var start = _items.Count;
        while (!TryTake(']'))
        {
            _items.Add(ReadValue(depth));
            Next(']');
        }

        return ConfigNode.List(position, TakeFrom(_items, start));
    }

    private void Open(int depth)
    {
        if (depth > NodeLimits.MaxDepth)
        {
            throw Fail($"more than {NodeLimits.MaxDepth} levels deep");
        }

        _at++;
        SkipBlanks();
    }

    // After an element: a comma, or the end which the loop then takes.
    private void Next(char end)
    {
        SkipBlanks();
        if (TryTake(','))
        {
            SkipBlanks();
        }
        else if (Peek != end)
        {
            throw Unexpected($"',' or '{end}'");
        }
    }

    private static List<T> TakeFrom<T>(List<T> all, int start)
    {
        var taken = all.GetRange(start, all.Count - start);
        all.RemoveRange(start, taken.Count);
        return taken;
    }

    private string ReadKey()
    {
        var rest = _text.AsSpan(_at + 1);
        var length = rest.IndexOfAny('"', '\'', '\\');
        if (length < 0 || rest[length] != _text[_at] || rest[..length].Contains('\n'))
        {
            return ReadString();
        }

        _at += length + 2;
        var names = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!names.TryGetValue(rest[..length], out var name))
        {
            _names.Add(name = rest[..length].ToString());
        }

        return name;
    }

    private string ReadBareKey()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek) || Peek is '_' or '$')
        {
            _at++;
        }

        return _at > start && !char.IsAsciiDigit(_text[start]) ? _text[start.._at] : throw Unexpected("a key");
    }

    private ConfigNode ReadWord(FaultPosition position)
    {
        var start = _at;
        while (char.IsAsciiLetter(Peek))
        {
            _at++;
        }

        switch (_text.AsSpan(start, _at - start))
        {
            case "true" or "false":
                return ConfigNode.Scalar(NodeKind.Bool, position, _text[start.._at]);
            case "null":
                return ConfigNode.Scalar(NodeKind.Null, position, "");
            default:
                _at = start;
                throw Unexpected("a value");
        }
    }

    private string ReadNumber()
    {
        var start = _at;
        TryTake('-');
        if (!TryTake('0'))
        {
            TakeDigits();
        }

        if (TryTake('.'))
        {
            TakeDigits();
        }

        if (Peek is 'e' or 'E')
        {
            _at++;
            if (Peek is '+' or '-')
            {
                _at++;
            }

            TakeDigits();
        }

        return _text[start.._at];
    }

    private void TakeDigits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek))
        {
            _at++;
        }

        if (_at == start)
        {
            throw Unexpected("a digit");
        }
    }

    private string ReadString()
    {
        var quote = _text[_at++];
        var start = _at;
        var length = _text.AsSpan(start).IndexOfAny(quote, '\\', '\n');
        if (length >= 0 && _text[start + length] == quote)
        {
            _at = start + length + 1;
            return _text.Substring(start, length);
        }

        var value = new StringBuilder();
        while (Peek != quote || _at == _text.Length)
        {
            if (_at >= _text.Length)
            {
                throw Unexpected("a closing quote");
            }

            var c = _text[_at++];
            if (c == '\n')
            {
                (_line, _lineStart) = (_line + 1, _at);
            }

            value.Append(c == '\\' ? ReadEscape() : c);
        }

        _at++;
        return HasLoneSurrogate(value) ? throw Fail("half of a surrogate pair") : value.ToString();
    }

    private char ReadEscape()
    {
        var c = Peek;
        _at++;
        switch (c)
        {
            case '"' or '\'' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= _text.Length && ushort.TryParse(
                _text.AsSpan(_at, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code):
                _at += 4;
                return (char)code;
            default:
                _at--;
                throw Unexpected("an escape");
        }
    }

    private static bool HasLoneSurrogate(StringBuilder value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                return true;
            }
        }

        return false;
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private FaultPosition Position => new(_file, _line, _at - _lineStart + 1);

    private void SkipBlanks()
    {
        for (; Peek is ' ' or '\t' or '\r' or '\n'; _at++)
        {
            if (_text[_at] == '\n')
            {
                (_line, _lineStart) = (_line + 1, _at + 1);
            }
        }
    }

    private bool TryTake(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Take(char c)
    {
        if (!TryTake(c))
        {
            throw Unexpected($"'{c}'");
        }
    }

    private NodeSyntaxException Unexpected(string wanted) =>
        Fail(_at < _text.Length ? $"'{_text[_at]}' where {wanted} should be" : $"the text ends where {wanted} should be");

    private NodeSyntaxException Fail(string message) => new(message, _line, _at - _lineStart + 1);
}
