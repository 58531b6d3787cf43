using Proxy.Configuration;
using Proxy.Configuration.Matching;

namespace Proxy.Expressions;

/// <summary>Parses CEL. Of the macros there is <c>has</c>: those that walk over lists are refused, as in Envoy, where no expression may take long.</summary>
internal sealed class CelParser
{
    private const int MaxLength = 16 * 1024;
    private const int MaxDepth = 64;

    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    private static readonly HashSet<string> Walks = ["all", "exists", "exists_one", "map", "filter"];

    // From the weakest to the strongest; all of them go from left to right.
    private static readonly Dictionary<string, string>[] Levels =
    [
        new() { ["||"] = "_||_" },
        new() { ["&&"] = "_&&_" },
        new() { ["<"] = "_<_", ["<="] = "_<=_", [">"] = "_>_", [">="] = "_>=_", ["=="] = "_==_", ["!="] = "_!=_", ["in"] = "@in" },
        new() { ["+"] = "_+_", ["-"] = "_-_" },
        new() { ["*"] = "_*_", ["/"] = "_/_", ["%"] = "_%_" },
    ];

    private readonly CelLexer _lexer;
    private CelToken _token;
    private string? _error;
    private int _depth;

    private CelParser(string text)
    {
        _lexer = new CelLexer(text);
        Advance();
    }

    /// <summary>Parses <paramref name="text"/>; null, and what is wrong with it, when it is no expression.</summary>
    public static ExpressionConfig? Parse(string text, out string error)
    {
        error = $"is longer than {MaxLength} characters";
        if (text.Length > MaxLength)
        {
            return null;
        }

        var parser = new CelParser(text);
        var parsed = parser.Expression();
        if (parser._error is null && parser._token.Kind != CelTokenKind.End)
        {
            parser.Fail($"unexpected '{parser._token.Text}'");
        }

        error = parser._error ?? "";
        return parser._error is null ? parsed : null;
    }

    private static ExpressionConstantConfig Nothing { get; } = new(null);

    private ExpressionConfig Expression()
    {
        if (++_depth > MaxDepth)
        {
            return Fail($"is nested more than {MaxDepth} deep");
        }

        var result = Binary(0);
        if (Take("?"))
        {
            var whenTrue = Binary(0);
            Expect(":");
            result = new ExpressionCallConfig("_?_:_", null, [result, whenTrue, Expression()]);
        }

        _depth--;
        return result;
    }

    private ExpressionConfig Binary(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }

        var left = Binary(level + 1);
        while (_error is null && _token.Kind == CelTokenKind.Symbol && Levels[level].TryGetValue(_token.Text, out var function))
        {
            Advance();
            left = new ExpressionCallConfig(function, null, [left, Binary(level + 1)]);
        }

        return left;
    }

    private ExpressionConfig Unary()
    {
        var (nots, minuses) = (0, 0);
        while (nots == 0 && Take("-"))
        {
            minuses++;
        }

        while (minuses == 0 && Take("!"))
        {
            nots++;
        }

        if (minuses > 0 && _token is { Kind: CelTokenKind.Value, Value: long or Int128 or double } number)
        {
            Advance();
            minuses--;
            return Repeat("-_", minuses, Members(new ExpressionConstantConfig(number.Value switch
            {
                long value => (object)-value,
                double value => -value,
                _ => long.MinValue,
            })));
        }

        return Repeat(nots > 0 ? "!_" : "-_", nots + minuses, Members(Primary()));
    }

    // Two of a kind are none.
    private static ExpressionConfig Repeat(string function, int count, ExpressionConfig operand) =>
        count % 2 == 1 ? new ExpressionCallConfig(function, null, [operand]) : operand;

    private ExpressionConfig Members(ExpressionConfig operand)
    {
        while (_error is null)
        {
            if (Take("["))
            {
                operand = new ExpressionCallConfig("_[_]", null, [operand, Expression()]);
                Expect("]");
            }
            else if (Take("."))
            {
                operand = Member(operand);
            }
            else
            {
                break;
            }
        }

        return operand;
    }

    private ExpressionConfig Member(ExpressionConfig operand)
    {
        var name = Name();
        if (!Take("("))
        {
            return _token is { Kind: CelTokenKind.Symbol, Text: "{" } ? Fail("messages cannot be made here") : new ExpressionSelectConfig(operand, name);
        }

        return Walks.Contains(name) ? Fail($"{name} walks over lists, which no expression may here") : new ExpressionCallConfig(name, operand, Items(")"));
    }

    private ExpressionConfig Primary()
    {
        var token = _token;
        if (token.Kind == CelTokenKind.Value)
        {
            Advance();
            return token.Value is Int128 ? Fail("number is too large") : new ExpressionConstantConfig(token.Value);
        }

        if (token.Kind == CelTokenKind.Name || Take("."))
        {
            var name = Name();
            return Take("(") ? Call(name) : new ExpressionNameConfig(name);
        }

        if (Take("("))
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }

        if (Take("["))
        {
            return new ExpressionListConfig(Items("]"));
        }

        return Take("{") ? Map() : Fail($"unexpected {(token.Kind == CelTokenKind.End ? "end" : $"'{token.Text}'")}");
    }

    private ExpressionConfig Call(string name)
    {
        var arguments = Items(")");
        if (name != "has")
        {
            return new ExpressionCallConfig(name, null, arguments);
        }

        return arguments is [ExpressionSelectConfig select] ? select with { TestOnly = true } : Fail("has takes a field, as in has(a.b)");
    }

    private ExpressionMapConfig Map()
    {
        var entries = new List<KeyValuePair<ExpressionConfig, ExpressionConfig>>();
        while (_error is null && !Take("}"))
        {
            var key = Expression();
            Expect(":");
            entries.Add(KeyValuePair.Create(key, Expression()));
            if (!Take(","))
            {
                Expect("}");
                break;
            }
        }

        return new ExpressionMapConfig(entries.ToConfigList());
    }

    private ConfigList<ExpressionConfig> Items(string end)
    {
        var items = new List<ExpressionConfig>();
        while (_error is null && !Take(end))
        {
            items.Add(Expression());
            if (!Take(","))
            {
                Expect(end);
                break;
            }
        }

        return items.ToConfigList();
    }

    private string Name()
    {
        var name = _token.Text;
        if (_token.Kind != CelTokenKind.Name || Reserved.Contains(name))
        {
            Fail($"'{name}' is no name");
        }

        Advance();
        return name;
    }

    private bool Take(string symbol)
    {
        if (_error is not null || _token.Kind != CelTokenKind.Symbol || _token.Text != symbol)
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            Fail($"'{symbol}' is missing");
        }
    }

    private void Advance()
    {
        if (_error is null && !_lexer.TryRead(out _token))
        {
            Fail(_token.Text);
        }
    }

    // The first fault counts; what follows from it does not.
    private ExpressionConstantConfig Fail(string error)
    {
        _error ??= $"position {_token.Position + 1}: {error}";
        return Nothing;
    }
}
