using System.Text;
using System.Text.RegularExpressions;
using Proxy.Configuration;
using Proxy.Observability;

namespace Proxy.Routing.Matching;

/// <summary>What takes the place of a match, in RE2's syntax: <c>\0</c> to <c>\9</c> are groups, <c>\\</c> is a backslash.</summary>
internal sealed class RegexSubstitution
{
    private readonly List<(byte[] Text, int Group)> _parts = []; // text, then the group unless it is negative

    private RegexSubstitution()
    {
    }

    /// <summary>Compiles <paramref name="text"/>; null, and a fault added, when it breaks a rule.</summary>
    public static RegexSubstitution? Compile(string text, string path, FaultList faults)
    {
        var result = new RegexSubstitution();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                literal.Append(text[i]);
                continue;
            }

            i++;
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                result._parts.Add((Encoding.UTF8.GetBytes(literal.ToString()), text[i] - '0'));
                literal.Clear();
            }
            else if (i < text.Length && text[i] == '\\')
            {
                literal.Append('\\');
            }
            else
            {
                faults.Add(path, "a backslash must be followed by a digit or a backslash");
                return null;
            }
        }

        result._parts.Add((Encoding.UTF8.GetBytes(literal.ToString()), -1));
        return result;
    }

    /// <summary>Writes what <paramref name="match"/> in <paramref name="subject"/> becomes; a group that does not exist is empty.</summary>
    public void Write(Match match, ReadOnlySpan<byte> subject, FormatWriter output)
    {
        foreach (var (text, number) in _parts)
        {
            output.Write(text);
            if (number >= 0 && match.Groups[number] is { Success: true } group)
            {
                output.Write(subject.Slice(group.Index, group.Length));
            }
        }
    }
}
