using System.Buffers.Text;

namespace Proxy.Http.H1;

/// <summary>The forms of a request target (RFC 9112 section 3.2).</summary>
internal readonly ref struct RequestTarget
{
    private RequestTarget(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        Scheme = scheme;
        Authority = authority;
        Path = path;
    }

    /// <summary>Scheme of an absolute target; empty for CONNECT.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>Host with its port, without a user.</summary>
    public ReadOnlySpan<byte> Authority { get; }

    /// <summary>Path and query; <c>/</c> when an absolute target has none; empty for CONNECT.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>True for a path or an asterisk: nothing to take apart.</summary>
    public static bool IsPath(ReadOnlySpan<byte> target, bool options) => target[0] == '/' || (options && target.SequenceEqual("*"u8));

    /// <summary>True when the bytes are those of one of the forms. Whether host and port make sense shows in <see cref="TrySplit"/>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> target, bool connect)
    {
        if (target.IsEmpty || target.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            return false;
        }

        if (target[0] is (byte)'/' or (byte)'*')
        {
            return true;
        }

        if (!connect && !TrySkipScheme(ref target))
        {
            return false;
        }

        var end = target.IndexOfAny((byte)'/', (byte)'?');
        var host = end < 0 ? target : target[..end];
        return host.IndexOfAnyExcept(Http1Chars.Authority) < 0 && host.IndexOf("@@"u8) < 0;
    }

    /// <summary>Takes an absolute target, or the host and port of CONNECT, apart.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> target, bool connect, out RequestTarget result)
    {
        result = default;
        var rest = target;
        if (!connect && !TrySkipScheme(ref rest))
        {
            return false;
        }

        var scheme = connect ? default : target[..(target.Length - rest.Length - 3)];
        var end = rest.IndexOfAny("/?#"u8);
        var authority = end < 0 ? rest : rest[..end];
        var path = end < 0 ? default : rest[end..];
        var user = authority.LastIndexOf((byte)'@');
        if (user >= 0 && authority[..user].ContainsAnyExcept(Http1Chars.UserInfo))
        {
            return false;
        }

        authority = authority[(user + 1)..];
        if (!TrySplitPort(authority, out var host, out var hasPort) || !IsHost(host) || (connect && (!hasPort || user >= 0 || !path.IsEmpty)))
        {
            return false;
        }

        result = new RequestTarget(scheme, authority, path.IsEmpty && !connect ? "/"u8 : path);
        return true;
    }

    private static bool TrySkipScheme(ref ReadOnlySpan<byte> target)
    {
        var length = 0;
        while (length < target.Length && (char.IsAsciiLetterOrDigit((char)target[length]) || target[length] is (byte)'+' or (byte)'-' or (byte)'.'))
        {
            length++;
        }

        if (length == 0 || !char.IsAsciiLetter((char)target[0]) || !target[length..].StartsWith("://"u8))
        {
            return false;
        }

        target = target[(length + 3)..];
        return true;
    }

    private static bool TrySplitPort(ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> host, out bool hasPort)
    {
        var bracket = authority.LastIndexOf((byte)']');
        var colon = authority[(bracket + 1)..].IndexOf((byte)':');
        hasPort = colon >= 0;
        host = hasPort ? authority[..(bracket + 1 + colon)] : authority;
        if (!hasPort)
        {
            return true;
        }

        var port = authority[(host.Length + 1)..];
        return !port.IsEmpty && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(port, out int number, out var used) && used == port.Length && number <= ushort.MaxValue;
    }

    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty)
        {
            return false;
        }

        return host[0] == '['
            ? host.Length > 2 && host[^1] == ']' && !host[1..^1].ContainsAnyExcept(Http1Chars.BracketedHost)
            : !host.ContainsAnyExcept(Http1Chars.HostName);
    }
}
