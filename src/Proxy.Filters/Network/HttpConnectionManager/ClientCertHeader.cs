using System.Text;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Tls;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Sets, keeps or removes <c>x-forwarded-client-cert</c>.</summary>
internal sealed class ClientCertHeader(ForwardClientCert mode, ClientCertDetailsConfig details)
{
    public void Apply(HeaderMap headers, PeerAddress peer)
    {
        if (mode == ForwardClientCert.AlwaysForwardOnly)
        {
            return;
        }

        if (mode == ForwardClientCert.Sanitize || peer.Tls?.PeerCertificate is null)
        {
            headers.Remove(KnownHeader.XForwardedClientCert);
            return;
        }

        if (mode == ForwardClientCert.ForwardOnly)
        {
            return;
        }

        var element = peer.ClientCertElement ??= Encoding.UTF8.GetBytes(Describe(peer.Tls));
        if (mode == ForwardClientCert.AppendForward && !headers.Get(KnownHeader.XForwardedClientCert).IsEmpty)
        {
            headers.Append(KnownHeader.XForwardedClientCert, element, ","u8);
        }
        else
        {
            headers.Set(KnownHeader.XForwardedClientCert, element);
        }
    }

    private string Describe(TlsInfo tls)
    {
        var client = tls.PeerCertificate!;
        var parts = new List<string>();
        parts.AddRange((tls.LocalCertificate?.NamesOf(SubjectAltNameKind.Uri) ?? []).Select(static uri => "By=" + uri));
        parts.Add("Hash=" + client.Sha256);
        if (details.Certificate)
        {
            parts.Add($"Cert=\"{client.UrlEncodedPem}\"");
        }

        if (details.Chain)
        {
            parts.Add($"Chain=\"{string.Concat(tls.PeerChain.Select(static link => link.UrlEncodedPem))}\"");
        }

        if (details.Subject)
        {
            parts.Add($"Subject=\"{client.Subject}\"");
        }

        if (details.Uri)
        {
            parts.AddRange(client.NamesOf(SubjectAltNameKind.Uri).DefaultIfEmpty("").Select(static uri => "URI=" + uri));
        }

        if (details.Dns)
        {
            parts.AddRange(client.NamesOf(SubjectAltNameKind.Dns).Select(static name => "DNS=" + name));
        }

        return string.Join(';', parts);
    }
}
