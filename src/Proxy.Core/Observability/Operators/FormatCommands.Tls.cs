using Proxy.Tls;

namespace Proxy.Observability.Operators;

internal static partial class FormatCommands
{
    private delegate TlsInfo? TlsSide(in AccessLogEntry entry);

    private static void AddTls(Dictionary<string, Command> table)
    {
        AddTlsSide(table, "DOWNSTREAM", static (in AccessLogEntry e) => e.Info.Downstream?.Tls);
        AddTlsSide(table, "UPSTREAM", static (in AccessLogEntry e) => e.Info.UpstreamTls);
        TlsSide downstream = static (in AccessLogEntry e) => e.Info.Downstream?.Tls;
        AddTlsText(table, "DOWNSTREAM_PEER_OTHERNAME_SAN", downstream, static tls => Names(tls.PeerCertificate, SubjectAltNameKind.Other));
        AddTlsText(table, "DOWNSTREAM_LOCAL_OTHERNAME_SAN", downstream, static tls => Names(tls.LocalCertificate, SubjectAltNameKind.Other));
        AddTlsText(table, "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1", downstream, static tls => string.Join(',', tls.PeerChain.Select(static c => c.Sha1)));
        AddTlsText(table, "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", downstream, static tls => string.Join(',', tls.PeerChain.Select(static c => c.Sha256)));
        AddTlsText(table, "DOWNSTREAM_PEER_CHAIN_SERIALS", downstream, static tls => string.Join(',', tls.PeerChain.Select(static c => c.SerialNumber)));
        table.Add("TLS_JA3_FINGERPRINT", new Command(static (_, _) => new TextOperator(static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.Downstream?.Ja3, w)), Takes.Nothing));
        table.Add("TLS_JA4_FINGERPRINT", new Command(static (_, _) => new TextOperator(static (in AccessLogEntry e, FormatWriter w) => WriteText(e.Info.Downstream?.Ja4, w)), Takes.Nothing));
    }

    private static void AddTlsSide(Dictionary<string, Command> table, string side, TlsSide of)
    {
        AddTlsText(table, $"{side}_TLS_VERSION", of, static tls => tls.Version);
        AddTlsText(table, $"{side}_TLS_CIPHER", of, static tls => tls.CipherSuite);
        AddTlsText(table, $"{side}_TLS_GROUP", of, static tls => tls.Curve);
        AddTlsText(table, $"{side}_TLS_SESSION_ID", of, static tls => Convert.ToHexStringLower(tls.SessionId.Span));
        AddTlsText(table, $"{side}_PEER_ISSUER", of, static tls => tls.PeerCertificate?.Issuer);
        AddTlsText(table, $"{side}_PEER_SUBJECT", of, static tls => tls.PeerCertificate?.Subject);
        AddTlsText(table, $"{side}_PEER_CERT", of, static tls => tls.PeerCertificate?.UrlEncodedPem);
        AddTlsText(table, $"{side}_PEER_SERIAL", of, static tls => tls.PeerCertificate?.SerialNumber);
        AddTlsText(table, $"{side}_PEER_FINGERPRINT_256", of, static tls => tls.PeerCertificate?.Sha256);
        AddTlsText(table, $"{side}_PEER_FINGERPRINT_1", of, static tls => tls.PeerCertificate?.Sha1);
        AddTlsText(table, $"{side}_LOCAL_SUBJECT", of, static tls => tls.LocalCertificate?.Subject);
        foreach (var (name, kind) in (ReadOnlySpan<(string, SubjectAltNameKind)>)
            [("URI", SubjectAltNameKind.Uri), ("DNS", SubjectAltNameKind.Dns), ("IP", SubjectAltNameKind.IpAddress), ("EMAIL", SubjectAltNameKind.Email)])
        {
            AddTlsText(table, $"{side}_PEER_{name}_SAN", of, tls => Names(tls.PeerCertificate, kind));
            AddTlsText(table, $"{side}_LOCAL_{name}_SAN", of, tls => Names(tls.LocalCertificate, kind));
        }

        AddTlsTime(table, $"{side}_PEER_CERT_V_START", of, static certificate => certificate.NotBefore);
        AddTlsTime(table, $"{side}_PEER_CERT_V_END", of, static certificate => certificate.NotAfter);
    }

    private static void AddTlsText(Dictionary<string, Command> table, string name, TlsSide of, Func<TlsInfo, string?> read)
    {
        FormatFunction write = (in AccessLogEntry e, FormatWriter w) => of(e) is { } tls && WriteText(read(tls), w);
        table.Add(name, new Command((_, _) => new TextOperator(write), Takes.Nothing));
    }

    private static void AddTlsTime(Dictionary<string, Command> table, string name, TlsSide of, Func<TlsCertificateInfo, DateTimeOffset> read)
    {
        TimeFunction time = (in AccessLogEntry e) => of(e)?.PeerCertificate is { } certificate ? read(certificate) : default;
        table.Add(name, new Command((command, _) => new TimeOperator(time, local: false, command.Argument), Takes.Optional));
    }

    private static string? Names(TlsCertificateInfo? certificate, SubjectAltNameKind kind) => certificate is null ? null : string.Join(',', certificate.NamesOf(kind));
}
