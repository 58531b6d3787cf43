using System.Text;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Actions;

/// <summary>Where a request's new host comes from. Immutable.</summary>
internal sealed class HostRewrite
{
    private readonly byte[]? _literal;
    private readonly HeaderName? _header;
    private readonly ByteRegex? _pathRegex;
    private readonly RegexSubstitution? _substitution;
    private readonly bool _silent;

    private HostRewrite(byte[]? literal, HeaderName? header, ByteRegex? pathRegex, RegexSubstitution? substitution, bool silent = false)
    {
        _silent = silent;
        _literal = literal;
        _header = header;
        _pathRegex = pathRegex;
        _substitution = substitution;
    }

    /// <summary>Always <paramref name="host"/>.</summary>
    public static HostRewrite Literal(string host) => new(Encoding.UTF8.GetBytes(host), null, null, null);

    /// <summary>Always <paramref name="host"/>, without a trace of the old one: as weighted clusters do it.</summary>
    public static HostRewrite Silent(string host) => new(Encoding.UTF8.GetBytes(host), null, null, null, silent: true);

    /// <summary>The value of a header, if there is one.</summary>
    public static HostRewrite FromHeader(HeaderName name) => new(null, name, null, null);

    /// <summary>What becomes of the path.</summary>
    public static HostRewrite FromPath(ByteRegex regex, RegexSubstitution substitution) => new(null, null, regex, substitution);

    /// <summary>Rewrites <c>:authority</c> unless the new host is empty.</summary>
    public void Apply(HeaderMap headers, bool appendForwardedHost, bool keepOriginal, FormatWriter scratch)
    {
        scratch.Clear();
        if (_literal is not null)
        {
            scratch.Write(_literal);
        }
        else if (_header is { } name)
        {
            name.TryGet(headers, out var value);
            scratch.Write(value);
        }
        else
        {
            _pathRegex!.Replace(QueryString.Split(headers.Get(KnownHeader.Path), out _), _substitution!, scratch);
        }

        Set(headers, scratch.Written, appendForwardedHost && !_silent, keepOriginal && !_silent);
    }

    /// <summary>Makes <paramref name="host"/>, which must not lie in the map, the request's host unless it is empty.</summary>
    public static void Set(HeaderMap headers, ReadOnlySpan<byte> host, bool appendForwardedHost, bool keepOriginal)
    {
        if (host.IsEmpty)
        {
            return;
        }

        if (keepOriginal)
        {
            headers.Set(KnownHeader.XEnvoyOriginalHost, headers.Get(KnownHeader.Authority));
        }

        var old = headers.Get(KnownHeader.Authority);
        if (!old.IsEmpty && appendForwardedHost && !EndsWith(headers.Get(KnownHeader.XForwardedHost), old))
        {
            headers.Append(KnownHeader.XForwardedHost, old, ","u8);
        }

        headers.Set(KnownHeader.Authority, host);
    }

    // The last proxy may have put the same host there already.
    private static bool EndsWith(ReadOnlySpan<byte> list, ReadOnlySpan<byte> host)
    {
        var last = list[(list.LastIndexOf((byte)',') + 1)..];
        return last.Trim((byte)' ').SequenceEqual(host);
    }
}
