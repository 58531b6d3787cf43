using System.Buffers.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing.Matching;

/// <summary>A compiled condition on a header (Envoy <c>HeaderMatcher</c>). Immutable.</summary>
internal sealed class HeaderMatcher
{
    private readonly HeaderName _name;
    private readonly TextMatcher? _text;
    private readonly Int64Range? _range;
    private readonly bool _present;
    private readonly bool _invert;
    private readonly bool _missingAsEmpty;

    private HeaderMatcher(HeaderMatcherConfig config, TextMatcher? text)
    {
        _name = HeaderName.Of(config.Name);
        _text = text;
        _range = config.Range;
        _present = config.Present ?? true;
        _invert = config.Invert;
        _missingAsEmpty = config.MissingAsEmpty;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static HeaderMatcher Compile(HeaderMatcherConfig config, string path, FaultList faults)
    {
        if (config.Name.Length == 0 || config.Name.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            faults.Add($"{path}.name", "must be a header name");
        }

        return new HeaderMatcher(config, config.Text is null ? null : TextMatcher.Compile(config.Text, $"{path}.string_match", faults));
    }

    /// <summary>True when <paramref name="headers"/> fulfil the condition.</summary>
    public bool Matches(HeaderMap headers)
    {
        var found = _name.TryGet(headers, out var value);
        if (_text is null && _range is null)
        {
            return ((found || _missingAsEmpty) == _present) != _invert;
        }

        // A missing header fails even an inverted condition.
        return (found || _missingAsEmpty) && (_range is null ? MatchesText(headers, value) : InRange(value)) != _invert;
    }

    private bool InRange(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t"u8);
        if (value is [(byte)'+', >= (byte)'0' and <= (byte)'9', ..])
        {
            value = value[1..];
        }

        return Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number >= _range!.Start && number < _range.End;
    }

    // One value that compares is enough.
    private bool MatchesText(HeaderMap headers, ReadOnlySpan<byte> first)
    {
        if (_text!.Matches(first))
        {
            return true;
        }

        foreach (var field in headers)
        {
            if (_name.Is(field) && _text.Matches(field.Value))
            {
                return true;
            }
        }

        return false;
    }
}
