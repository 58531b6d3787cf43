using System.Text;
using Proxy.Observability.Operators;

namespace Proxy.Observability;

/// <summary>Takes a text with command operators apart: <c>%NAME%</c>, <c>%NAME(argument)%</c>, <c>%NAME(argument):length%</c>; <c>%%</c> is a percent sign.</summary>
internal static class FormatParser
{
    /// <summary>The parts of <paramref name="format"/>; null, and why, when it breaks a rule.</summary>
    public static FormatOperator[]? Parse(string format, FormatEnvironment environment, out string error)
    {
        var parts = new List<FormatOperator>();
        var literal = new StringBuilder();
        error = "";
        for (var i = 0; i < format.Length;)
        {
            if (format[i] != '%')
            {
                literal.Append(format[i++]);
            }
            else if (i + 1 < format.Length && format[i + 1] == '%')
            {
                literal.Append('%');
                i += 2;
            }
            else if (TryParseCommand(format, ref i, out var command, out error) && FormatCommands.TryCreate(command, environment, out var part, out error))
            {
                Flush(literal, parts);
                parts.Add(part);
            }
            else
            {
                return null;
            }
        }

        Flush(literal, parts);
        return [.. parts];
    }

    private static void Flush(StringBuilder literal, List<FormatOperator> parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new ConstantOperator(literal.ToString()));
            literal.Clear();
        }
    }

    private static bool TryParseCommand(string format, ref int position, out FormatCommand command, out string error)
    {
        command = default;
        error = $"Incorrect configuration: {format}. Couldn't find valid command at position {position}";
        var start = position + 1;
        var end = start;
        while (end < format.Length && (char.IsAsciiLetterUpper(format[end]) || char.IsAsciiDigit(format[end]) || format[end] == '_'))
        {
            end++;
        }

        var name = format[start..end];
        string? argument = null;
        if (end < format.Length && format[end] == '(')
        {
            var close = FindClose(format, end);
            if (close < 0)
            {
                return false;
            }

            argument = format[(end + 1)..close];
            end = close + 1;
        }

        if (name.Length == 0 || (argument?.AsSpan().ContainsAny('\r', '\n', '\0') ?? false) || !TryParseLength(format, ref end, out var length)
            || end >= format.Length || format[end] != '%')
        {
            return false;
        }

        position = end + 1;
        command = new FormatCommand(name, argument, length);
        error = "";
        return true;
    }

    // The first bracket behind which the command can end: arguments may have brackets themselves.
    private static int FindClose(string format, int from)
    {
        for (var close = format.IndexOf(')', from); close >= 0; close = format.IndexOf(')', close + 1))
        {
            var end = close + 1;
            if (TryParseLength(format, ref end, out _) && end < format.Length && format[end] == '%')
            {
                return close;
            }
        }

        return -1;
    }

    private static bool TryParseLength(string format, ref int position, out int? length)
    {
        length = null;
        if (position >= format.Length || format[position] != ':')
        {
            return true;
        }

        var start = ++position;
        while (position < format.Length && char.IsAsciiDigit(format[position]))
        {
            position++;
        }

        if (!ulong.TryParse(format.AsSpan(start, position - start), out var value))
        {
            return false;
        }

        length = (int)Math.Min(value, int.MaxValue);
        return true;
    }
}

/// <summary>A command operator as written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Argument">What stands in the brackets; null without brackets.</param>
/// <param name="MaxLength">Bytes after which its value is cut; null for no limit.</param>
internal readonly record struct FormatCommand(string Name, string? Argument, int? MaxLength);
