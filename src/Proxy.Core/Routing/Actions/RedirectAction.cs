using System.Globalization;
using System.Text;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Routing.Actions;

/// <summary>Answers with another URL (Envoy <c>RedirectAction</c>).</summary>
internal sealed class RedirectAction : RouteAction
{
    private readonly byte[] _scheme;
    private readonly byte[] _host;
    private readonly byte[] _port; // with its colon
    private readonly byte[] _path;
    private readonly bool _pathHasQuery;
    private readonly bool _stripQuery;

    public RedirectAction(RedirectActionConfig config, PathRewrite? rewrite)
    {
        Status = config.Status;
        PathRewrite = rewrite;
        _scheme = config.HttpsRedirect ? "https"u8.ToArray() : Encoding.UTF8.GetBytes(config.Scheme ?? "");
        _host = Encoding.UTF8.GetBytes(config.Host ?? "");
        _port = config.Port is { } port and not 0 ? Encoding.UTF8.GetBytes(":" + port.ToString(CultureInfo.InvariantCulture)) : [];
        _path = Encoding.UTF8.GetBytes(config.Path is { Length: > 0 } path ? (path[0] == '/' ? path : "/" + path) : "");
        _pathHasQuery = config.Path?.Contains('?', StringComparison.Ordinal) ?? false;
        _stripQuery = config.StripQuery;
    }

    /// <summary>To the same URL over TLS, for virtual hosts that want it.</summary>
    public static RedirectAction ToTls { get; } = new(new RedirectActionConfig { HttpsRedirect = true }, null);

    /// <summary>To the same URL: what <c>location</c> is in a direct response with a status that wants one.</summary>
    public static RedirectAction ToSame { get; } = new(new RedirectActionConfig(), null);

    public int Status { get; }

    /// <summary>Changes the request's path first; null for nothing.</summary>
    public PathRewrite? PathRewrite { get; }

    /// <summary>Writes the value of <c>location</c> for a request whose path was rewritten already.</summary>
    public void WriteLocation(HeaderMap request, FormatWriter output)
    {
        var forwardedProto = request.Get(KnownHeader.XForwardedProto);
        ReadOnlySpan<byte> scheme = _scheme.Length > 0 ? _scheme : request.TryGet(KnownHeader.Scheme, out var own) ? own : forwardedProto;
        output.Write(scheme);
        output.Write("://"u8);
        output.Write(_host.Length > 0 ? _host : WithoutPort(request.Get(KnownHeader.Authority), scheme, forwardedProto));
        output.Write(_port);
        WritePath(request.Get(KnownHeader.Path), output);
    }

    // The request's port goes when another is configured, or when it was only the default of the scheme that is left.
    private ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> forwardedProto)
    {
        var colon = host.LastIndexOf((byte)':');
        if (colon < 0 || (host[0] == (byte)'[' && (colon == 0 || host[colon - 1] != (byte)']')))
        {
            return host;
        }

        var port = host[colon..];
        var wasDefault = !scheme.SequenceEqual(forwardedProto)
            && ((forwardedProto.SequenceEqual("https"u8) && port.SequenceEqual(":443"u8))
                || (forwardedProto.SequenceEqual("http"u8) && port.SequenceEqual(":80"u8)));
        return _port.Length > 0 || wasDefault ? host[..colon] : host;
    }

    private void WritePath(ReadOnlySpan<byte> requested, FormatWriter output)
    {
        var mark = requested.IndexOf((byte)'?');
        var query = mark < 0 || _stripQuery ? default : requested[mark..];
        if (_path.Length == 0)
        {
            output.Write(mark < 0 ? requested : requested[..mark]);
            output.Write(query);
            return;
        }

        output.Write(_path);
        output.Write(_pathHasQuery ? default : query);
    }
}
