using System.Buffers;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>What is to become of a request after its path was looked at.</summary>
internal enum PathOutcome
{
    /// <summary>It goes on.</summary>
    Continue,

    /// <summary>It is answered with 400.</summary>
    Reject,

    /// <summary>It is redirected to the path that is in the map now.</summary>
    Redirect,
}

/// <summary>Rewrites <c>:path</c> as configured: escaped slashes, dot segments and escapes (RFC 3986, 6.2.2), repeated slashes. One per worker.</summary>
internal sealed class PathNormalizer
{
    private static readonly SearchValues<byte> Interesting = SearchValues.Create("%\\.\"<>{}|^`\x7f"u8);
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\"<>{}|^`\x7f"u8);

    private readonly bool _normalize;
    private readonly bool _mergeSlashes;
    private readonly EscapedSlashesAction _escapedSlashes;
    private byte[] _buffer = new byte[256];
    private int _length;

    public PathNormalizer(bool normalize, bool mergeSlashes, EscapedSlashesAction escapedSlashes)
    {
        _normalize = normalize;
        _mergeSlashes = mergeSlashes;
        _escapedSlashes = escapedSlashes;
    }

    public PathOutcome Apply(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Path, out var path))
        {
            return PathOutcome.Continue; // CONNECT
        }

        if (path.Contains((byte)'#'))
        {
            return PathOutcome.Reject;
        }

        var outcome = PathOutcome.Continue;
        if (_escapedSlashes != EscapedSlashesAction.KeepUnchanged && UnescapeSlashes(headers))
        {
            if (_escapedSlashes == EscapedSlashesAction.RejectRequest)
            {
                return PathOutcome.Reject;
            }

            outcome = _escapedSlashes == EscapedSlashesAction.UnescapeAndRedirect ? PathOutcome.Redirect : PathOutcome.Continue;
        }

        if (_normalize && !Canonicalize(headers))
        {
            return PathOutcome.Reject;
        }

        if (_mergeSlashes)
        {
            MergeSlashes(headers);
        }

        return outcome;
    }

    private static int PathLength(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target.Length : query;
    }

    private bool UnescapeSlashes(HeaderMap headers)
    {
        var target = headers.Get(KnownHeader.Path);
        var path = target[..PathLength(target)];
        if (!path.Contains((byte)'%'))
        {
            return false;
        }

        Begin(target.Length);
        var found = false;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && SlashOf(path[i + 1], path[i + 2]) is var slash and not 0)
            {
                Put(slash);
                found = true;
                i += 2;
            }
            else
            {
                Put(path[i]);
            }
        }

        if (found)
        {
            Finish(headers, target[path.Length..]);
        }

        return found;
    }

    private static byte SlashOf(byte high, byte low)
    {
        return (high, low | 0x20) switch
        {
            ((byte)'2', 'f') => (byte)'/',
            ((byte)'5', 'c') => (byte)'\\',
            _ => 0,
        };
    }

    // False for what cannot stand in a path, such as %00.
    private bool Canonicalize(HeaderMap headers)
    {
        var target = headers.Get(KnownHeader.Path);
        var path = target[..PathLength(target)];
        if (!path.ContainsAny(Interesting))
        {
            return true;
        }

        Begin(target.Length * 3);
        for (var i = 0; i < path.Length;)
        {
            var dot = DotLength(path[i..]);
            if (dot > 0)
            {
                i += PutDot(path[i..], dot);
            }
            else if (path[i] == '%')
            {
                if (!TryPutEscape(path, ref i))
                {
                    return false;
                }
            }
            else
            {
                PutPlain(path[i++]);
            }
        }

        Finish(headers, target[path.Length..]);
        return true;
    }

    private void PutPlain(byte b)
    {
        if (b == '\\')
        {
            Put((byte)'/');
        }
        else if (Escaped.Contains(b))
        {
            Put((byte)'%');
            Put("0123456789ABCDEF"u8[b >> 4]);
            Put("0123456789ABCDEF"u8[b & 15]);
        }
        else
        {
            Put(b);
        }
    }

    // Returns how much of the input the dot, and what makes it a segment of its own, have used up.
    private int PutDot(ReadOnlySpan<byte> rest, int dot)
    {
        if (_length == 0 || _buffer[_length - 1] != '/')
        {
            Put((byte)'.');
            return dot;
        }

        var after = rest[dot..];
        if (SegmentEnd(after) is var single and >= 0)
        {
            return dot + single;
        }

        var second = DotLength(after);
        if (second > 0 && SegmentEnd(after[second..]) is var end and >= 0)
        {
            BackUp();
            return dot + second + end;
        }

        Put((byte)'.');
        return dot;
    }

    // How many bytes end a dot segment: none at the end of the path, a slash, or path parameters and a slash; -1 when it is no such segment.
    private static int SegmentEnd(ReadOnlySpan<byte> after)
    {
        if (after.IsEmpty)
        {
            return 0;
        }

        if (after[0] is (byte)'/' or (byte)'\\')
        {
            return 1;
        }

        if (after[0] != ';')
        {
            return -1;
        }

        var slash = after.IndexOfAny((byte)'/', (byte)'\\');
        return slash < 0 ? after.Length : slash + 1;
    }

    private static int DotLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        return text[0] == '.' ? 1 : text.Length >= 3 && text[0] == '%' && text[1] == '2' && (text[2] | 0x20) == 'e' ? 3 : 0;
    }

    private void BackUp()
    {
        if (_length <= 1)
        {
            return;
        }

        var slash = _buffer.AsSpan(0, _length - 1).LastIndexOf((byte)'/');
        _length = Math.Max(slash, 0) + 1;
    }

    private bool TryPutEscape(ReadOnlySpan<byte> path, ref int index)
    {
        if (index + 2 >= path.Length || !char.IsAsciiHexDigit((char)path[index + 1]) || !char.IsAsciiHexDigit((char)path[index + 2]))
        {
            Put((byte)'%');
            index++;
            return true;
        }

        var value = (HexOf(path[index + 1]) << 4) | HexOf(path[index + 2]);
        if (value == 0)
        {
            return false;
        }

        var isUnreserved = char.IsAsciiLetterOrDigit((char)value) || value is '-' or '.' or '_' or '~';
        if (isUnreserved)
        {
            index += 3;
            Put((byte)value);
            KeepFromBecomingEscape(path[index..]);
            return true;
        }

        Put((byte)'%');
        Put(path[index + 1]);
        Put(path[index + 2]);
        index += 3;
        return true;
    }

    // A lone percent sign in front must not make an escape together with what was just decoded.
    private void KeepFromBecomingEscape(ReadOnlySpan<byte> rest)
    {
        if (!char.IsAsciiHexDigit((char)_buffer[_length - 1]))
        {
            return;
        }

        var percent = _length >= 3 && _buffer[_length - 3] == '%' && char.IsAsciiHexDigit((char)_buffer[_length - 2]) ? _length - 3
            : _length >= 2 && _buffer[_length - 2] == '%' && rest.Length > 0 && char.IsAsciiHexDigit((char)rest[0]) ? _length - 2
            : -1;
        if (percent >= 0)
        {
            Ensure(2);
            _buffer.AsSpan(percent + 1, _length - percent - 1).CopyTo(_buffer.AsSpan(percent + 3));
            "25"u8.CopyTo(_buffer.AsSpan(percent + 1));
            _length += 2;
        }
    }

    private void MergeSlashes(HeaderMap headers)
    {
        var target = headers.Get(KnownHeader.Path);
        var path = target[..PathLength(target)];
        if (path.IndexOf("//"u8) < 0)
        {
            return;
        }

        // As Envoy joins what stands between slashes: a path of slashes alone keeps two.
        Begin(target.Length);
        if (!path.ContainsAnyExcept((byte)'/'))
        {
            Put((byte)'/');
            Put((byte)'/');
        }
        else
        {
            for (var i = 0; i < path.Length; i++)
            {
                if (path[i] != '/' || i == 0 || path[i - 1] != '/')
                {
                    Put(path[i]);
                }
            }
        }

        Finish(headers, target[path.Length..]);
    }

    private static int HexOf(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private void Begin(int size)
    {
        _length = 0;
        Ensure(size);
    }

    private void Ensure(int room)
    {
        if (_buffer.Length < _length + room)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + room));
        }
    }

    private void Put(byte b) => _buffer[_length++] = b;

    private void Finish(HeaderMap headers, ReadOnlySpan<byte> query)
    {
        Ensure(query.Length);
        query.CopyTo(_buffer.AsSpan(_length));
        headers.Set(KnownHeader.Path, _buffer.AsSpan(0, _length + query.Length));
    }
}
