using System.Net;
using Proxy.Observability.Operators;
using Proxy.Tls;

namespace Proxy.Expressions.Attributes;

/// <summary>Reads an address.</summary>
internal delegate EndPoint? EndPointFunction(in CelContext context);

/// <summary>Reads what TLS has agreed on.</summary>
internal delegate TlsInfo? TlsFunction(in CelContext context);

/// <summary><c>connection.…</c>, and the two ends of the connection: <c>source.…</c> and <c>destination.…</c></summary>
internal static class ConnectionAttributes
{
    public static AttributeMap Create() => AddTls(new AttributeMap(), static (in CelContext c) => c.Data.Connection?.Tls)
        .Add("mtls", static (in CelContext c) => CelValue.Of(c.Data.Connection?.Tls?.PeerCertificate is not null))
        .Add("requested_server_name", static (in CelContext c) => c.Text(c.Data.Connection?.ServerName))
        .Add("id", static (in CelContext c) => c.Data.Info is { } info ? CelValue.Of((ulong)info.ConnectionId) : CelValue.NoSuchKey)
        .Add("termination_details", static (in CelContext c) => c.TextOrMissing(c.Data.Info?.ConnectionTerminationDetails))
        .Add("transport_failure_reason", static (in CelContext c) => c.TextOrMissing(c.Data.Connection?.TransportFailureReason));

    /// <summary>One end of the connection.</summary>
    public static AttributeMap CreatePeer(EndPointFunction peer) => new AttributeMap()
        .Add("address", (in CelContext c) => Address(c, peer(c)))
        .Add("port", (in CelContext c) => Port(peer(c)));

    public static CelValue Address(in CelContext context, EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip)
        {
            return context.TextOrMissing(endPoint?.ToString());
        }

        var start = context.Room.Length;
        AddressOperator.Write(ip, withPort: true, context.Room);
        return context.Written(start);
    }

    public static CelValue Port(EndPoint? endPoint) => endPoint is IPEndPoint ip ? CelValue.Of((long)ip.Port) : CelValue.NoSuchKey;

    /// <summary>Adds what is known of TLS; without TLS nothing is.</summary>
    public static AttributeMap AddTls(AttributeMap map, TlsFunction tls)
    {
        return map
            .Add("tls_version", Text(static info => info.Version))
            .Add("subject_local_certificate", Text(static info => info.LocalCertificate?.Subject ?? ""))
            .Add("subject_peer_certificate", Text(static info => info.PeerCertificate?.Subject ?? ""))
            .Add("uri_san_local_certificate", Text(static info => First(info.LocalCertificate, SubjectAltNameKind.Uri)))
            .Add("uri_san_peer_certificate", Text(static info => First(info.PeerCertificate, SubjectAltNameKind.Uri)))
            .Add("dns_san_local_certificate", Text(static info => First(info.LocalCertificate, SubjectAltNameKind.Dns)))
            .Add("dns_san_peer_certificate", Text(static info => First(info.PeerCertificate, SubjectAltNameKind.Dns)))
            .Add("sha256_peer_certificate_digest", Text(static info => info.PeerCertificate?.Sha256))
            .Add("peer_certificate", Text(static info => info.PeerCertificate?.UrlEncodedPem));

        AttributeFunction Text(Func<TlsInfo, string?> read) =>
            (in CelContext context) => tls(context) is { } info && read(info) is { } text ? context.Text(text) : CelValue.NoSuchKey;
    }

    private static string? First(TlsCertificateInfo? certificate, SubjectAltNameKind kind) => certificate?.NamesOf(kind).FirstOrDefault();
}
