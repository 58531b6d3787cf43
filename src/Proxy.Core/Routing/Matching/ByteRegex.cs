using System.Text.RegularExpressions;
using Proxy.Configuration;

namespace Proxy.Routing.Matching;

/// <summary>
/// A regular expression in RE2's syntax over bytes. It runs on the linear-time engine of .NET: the pattern is rewritten so that both agree, and refused
/// where they cannot. Bytes above 0x7F become private-use characters, which no class, word boundary or case rule of .NET knows.
/// </summary>
internal sealed class ByteRegex
{
    private const int OnStack = 512;
    private readonly Regex _whole;
    private readonly Regex _anywhere;

    private ByteRegex(string translated, string pattern)
    {
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        Pattern = pattern;
        _whole = new Regex(@"\A(?:" + translated + @")\z", Options);
        _anywhere = new Regex(translated, Options);
    }

    /// <summary>The expression as configured.</summary>
    public string Pattern { get; }

    /// <summary>Compiles <paramref name="pattern"/>; null, and a fault added, when it is no RE2 expression or cannot be translated.</summary>
    public static ByteRegex? Compile(string pattern, string path, FaultList faults)
    {
        if (!Re2Translator.TryTranslate(pattern, out var translated, out var error))
        {
            faults.Add(path, $"'{pattern}': {error}");
            return null;
        }

        try
        {
            return new ByteRegex(translated, pattern);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            faults.Add(path, $"'{pattern}': {exception.Message}");
            return null;
        }
    }

    /// <summary>True when all of <paramref name="text"/> is matched.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (text.Length > OnStack)
        {
            return _whole.IsMatch(Decode(text));
        }

        Span<char> chars = stackalloc char[text.Length];
        Decode(text, chars);
        return _whole.IsMatch(chars);
    }

    /// <summary>True when some part of <paramref name="text"/> is matched.</summary>
    public bool IsMatchAnywhere(ReadOnlySpan<byte> text)
    {
        if (text.Length > OnStack)
        {
            return _anywhere.IsMatch(Decode(text));
        }

        Span<char> chars = stackalloc char[text.Length];
        Decode(text, chars);
        return _anywhere.IsMatch(chars);
    }

    /// <summary>Every match of <paramref name="text"/>, replaced as <paramref name="substitution"/> says, into <paramref name="output"/>.</summary>
    public void Replace(ReadOnlySpan<byte> text, RegexSubstitution substitution, Observability.FormatWriter output)
    {
        var subject = Decode(text);
        var copied = 0;
        for (var match = _anywhere.Match(subject); match.Success; match = match.NextMatch())
        {
            if (match.Length == 0 && match.Index == copied && copied > 0)
            {
                continue; // RE2 takes no empty match right behind another
            }

            output.Write(text[copied..match.Index]);
            substitution.Write(match, text, output);
            copied = match.Index + match.Length;
        }

        output.Write(text[copied..]);
    }

    private static string Decode(ReadOnlySpan<byte> text)
    {
        return string.Create(text.Length, text, static (chars, bytes) => Decode(bytes, chars));
    }

    private static void Decode(ReadOnlySpan<byte> text, Span<char> chars)
    {
        for (var i = 0; i < text.Length; i++)
        {
            chars[i] = ToChar(text[i]);
        }
    }

    /// <summary>The character that stands for a byte.</summary>
    public static char ToChar(byte value) => (char)(value < 0x80 ? value : 0xE000 | value);
}
