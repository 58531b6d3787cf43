using System.Globalization;
using System.Text.Json;
using Proxy.Hosting;
using Proxy.Tls;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Shows the certificates in use, by context (Envoy <c>admin.v3.Certificates</c>).</summary>
internal sealed class CertsHandler(ProxyServer server) : IAdminHandler
{
    public string Path => "/certs";

    public string Help => "print certs on machine";

    public bool ChangesState => false;

    public AdminResponse Handle(AdminRequest request) => AdminResponse.Json(AdminJson.Write(Write));

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("certificates");
        foreach (var context in server.TlsContexts)
        {
            json.WriteStartObject();
            Write(json, "ca_cert", context.Roots.Take(1)); // the first of a bundle stands for it
            Write(json, "cert_chain", context.Certificates);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, string name, IEnumerable<TlsLoadedCertificate> certificates)
    {
        json.WriteStartArray(name);
        foreach (var certificate in certificates)
        {
            var info = certificate.Info;
            json.WriteStartObject();
            json.WriteString("path", certificate.Source);
            json.WriteString("serial_number", info.SerialNumber);
            json.WriteStartArray("subject_alt_names");
            foreach (var alternative in info.AltNames)
            {
                Write(json, alternative);
            }

            json.WriteEndArray();
            var days = Math.Max(0, (long)(info.NotAfter - server.Now).TotalDays);
            json.WriteString("days_until_expiration", days.ToString(CultureInfo.InvariantCulture));
            json.WriteString("valid_from", info.NotBefore.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteString("expiration_time", info.NotAfter.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, in SubjectAltName name)
    {
        var key = name.Kind switch
        {
            SubjectAltNameKind.Dns => "dns",
            SubjectAltNameKind.Uri => "uri",
            SubjectAltNameKind.IpAddress => "ip_address",
            _ => null,
        };
        if (key is not null)
        {
            json.WriteStartObject();
            json.WriteString(key, name.Value);
            json.WriteEndObject();
        }
    }
}
