using System.Text;
using Proxy.Http;
using Proxy.Routing.Matching;

namespace Proxy.Observability.Operators;

/// <summary>Which path is meant.</summary>
internal enum PathSource
{
    OriginalOrPath,
    Original,
    Path,
}

/// <summary><c>%PATH(…)%</c>: the path as it was asked for or as it is now, with or without its query.</summary>
internal sealed class PathOperator(PathSource source, bool withQuery) : FormatOperator
{
    /// <summary>The operator for <paramref name="argument"/> (<c>WQ</c> or <c>NQ</c>, then <c>ORIG</c>, <c>PATH</c> or <c>ORIG_OR_PATH</c>); null when it is another.</summary>
    public static PathOperator? TryCreate(string? argument)
    {
        if (string.IsNullOrEmpty(argument))
        {
            return new PathOperator(PathSource.OriginalOrPath, withQuery: true);
        }

        var parts = argument.Split(':');
        PathSource? source = parts.Length == 1 ? PathSource.OriginalOrPath : parts[1] switch
        {
            "ORIG" => PathSource.Original,
            "PATH" => PathSource.Path,
            "ORIG_OR_PATH" => PathSource.OriginalOrPath,
            _ => null,
        };
        return source is { } known && parts.Length <= 2 && parts[0] is "WQ" or "NQ" ? new PathOperator(source.Value, parts[0] == "WQ") : null;
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!TryGet(entry.RequestHeaders, source, out var target))
        {
            return false;
        }

        writer.Write(withQuery ? target : QueryString.Split(target, out _));
        return true;
    }

    /// <summary>The request's target.</summary>
    public static bool TryGet(HeaderMap? headers, PathSource source, out ReadOnlySpan<byte> target)
    {
        target = default;
        return headers is not null
            && ((source != PathSource.Path && headers.TryGet(KnownHeader.XEnvoyOriginalPath, out target))
                || (source != PathSource.Original && headers.TryGet(KnownHeader.Path, out target)));
    }
}

/// <summary><c>%QUERY_PARAM(name)%</c>, decoded.</summary>
internal sealed class QueryParameterOperator(string name) : FormatOperator
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!PathOperator.TryGet(entry.RequestHeaders, PathSource.OriginalOrPath, out var target))
        {
            return false;
        }

        QueryString.Split(target, out var query);
        if (!QueryString.TryFind(query, _name, out var value))
        {
            return false;
        }

        PercentDecoding.Write(value, writer);
        return true;
    }
}

/// <summary><c>%QUERY_PARAMS(ORIG)%</c>, as it was asked for, or decoded.</summary>
internal sealed class QueryStringOperator(bool decode) : FormatOperator
{
    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        if (!PathOperator.TryGet(entry.RequestHeaders, PathSource.OriginalOrPath, out var target))
        {
            return false;
        }

        QueryString.Split(target, out var query);
        if (query.IsEmpty)
        {
            return false;
        }

        if (decode)
        {
            PercentDecoding.Write(query, writer);
        }
        else
        {
            writer.Write(query);
        }

        return true;
    }
}

/// <summary>Percent decoding (RFC 3986, 2.1); what is not well formed stays as it is.</summary>
internal static class PercentDecoding
{
    public static void Write(ReadOnlySpan<byte> text, FormatWriter writer)
    {
        while (!text.IsEmpty)
        {
            writer.Write(Next(ref text));
        }
    }

    /// <summary>Decodes into <paramref name="target"/>, which is as long as the text at least; how many bytes it takes.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            target[length++] = Next(ref text);
        }

        return length;
    }

    private static byte Next(scoped ref ReadOnlySpan<byte> text)
    {
        var first = text[0];
        var isEscape = first == (byte)'%' && text.Length > 2 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
        var result = isEscape ? (byte)((Hex(text[1]) << 4) | Hex(text[2])) : first;
        text = text[(isEscape ? 3 : 1)..];
        return result;
    }

    private static int Hex(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
