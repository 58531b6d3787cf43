using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Observability.Operators;

/// <summary>
/// The name that the client asked for: of the TLS handshake (<c>SNI_ONLY</c>, the default), or else of the request's host (<c>SNI_FIRST</c>), or the
/// other way round (<c>HOST_FIRST</c>). The host is the one sent upstream (<c>HOST</c>), the one before a rewrite (<c>ORIG</c>), or the latter and
/// otherwise the former (<c>ORIG_OR_HOST</c>, the default).
/// </summary>
internal sealed class ServerNameOperator : FormatOperator
{
    private static readonly HeaderName Original = HeaderName.Of("x-envoy-original-host");

    private readonly Order _order;
    private readonly bool _takesOriginal;
    private readonly bool _takesHost;

    private ServerNameOperator(Order order, bool takesOriginal, bool takesHost)
    {
        _order = order;
        _takesOriginal = takesOriginal;
        _takesHost = takesHost;
    }

    private enum Order
    {
        SniOnly,
        SniFirst,
        HostFirst,
    }

    /// <summary>Reads an argument such as <c>SNI_FIRST:ORIG</c>; null when it is none.</summary>
    public static ServerNameOperator? TryCreate(string? argument)
    {
        var parts = string.IsNullOrEmpty(argument) ? ["SNI_ONLY"] : argument.Split(':');
        Order? order = parts[0] switch { "SNI_ONLY" => Order.SniOnly, "SNI_FIRST" => Order.SniFirst, "HOST_FIRST" => Order.HostFirst, _ => null };
        return (order, parts) switch
        {
            (null, _) => null,
            ({ } known, [_] or [_, "ORIG_OR_HOST"]) => new ServerNameOperator(known, true, true),
            ({ } known, [_, "ORIG"]) => new ServerNameOperator(known, true, false),
            ({ } known, [_, "HOST"]) => new ServerNameOperator(known, false, true),
            _ => null,
        };
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        return _order switch
        {
            Order.SniOnly => TryWriteSni(entry, writer),
            Order.SniFirst => TryWriteSni(entry, writer) || TryWriteHost(entry, writer),
            _ => TryWriteHost(entry, writer) || TryWriteSni(entry, writer),
        };
    }

    private static bool TryWriteSni(in AccessLogEntry entry, FormatWriter writer)
    {
        var name = entry.Info.Downstream?.ServerName;
        writer.Write(name);
        return !string.IsNullOrEmpty(name);
    }

    private bool TryWriteHost(in AccessLogEntry entry, FormatWriter writer)
    {
        if (entry.RequestHeaders is not { } headers)
        {
            return false;
        }

        if (!(_takesOriginal && Original.TryGet(headers, out var host)))
        {
            host = _takesHost ? headers.Get(KnownHeader.Authority) : default;
        }

        var port = host.LastIndexOf((byte)':');
        writer.Write(port >= 0 && host[port..].IndexOf((byte)']') < 0 ? host[..port] : host);
        return !host.IsEmpty;
    }
}
