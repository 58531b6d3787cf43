using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters.Health;

/// <summary>Writes what active health checks find as lines of JSON (Envoy <c>HealthCheckEvent</c>). On main.</summary>
internal sealed class HealthEventLog(ILogFile file, string cluster, HealthModel model, Worker main)
{
    public void OnHealthy(Host host, bool first) => Write(host, "add_healthy_event", json => json.WriteBoolean("first_check", first));

    public void OnUnhealthy(Host host, HealthFailure failure, int status) => Write(host, "eject_unhealthy_event", json => WriteFailure(json, failure, status));

    /// <summary>The first failure of a host, or every one.</summary>
    public void OnFailed(Host host, HealthFailure failure, bool first, int status)
    {
        if (first || model.Config.AlwaysLogFailures)
        {
            Write(host, "health_check_failure_event", json =>
            {
                WriteFailure(json, failure, status);
                json.WriteBoolean("first_check", first);
            });
        }
    }

    public void OnPassed(Host host)
    {
        if (model.Config.AlwaysLogSuccesses)
        {
            Write(host, "successful_health_check_event", static _ => { });
        }
    }

    public void OnDegraded(Host host, bool degraded) => Write(host, degraded ? "degraded_healthy_host" : "no_longer_degraded_host", static _ => { });

    private static void WriteFailure(Utf8JsonWriter json, HealthFailure failure, int status)
    {
        json.WriteString("failure_type", failure switch
        {
            HealthFailure.Network => "NETWORK",
            HealthFailure.Timeout => "NETWORK_TIMEOUT",
            _ => "ACTIVE",
        });
        if (status > 0)
        {
            json.WriteNumber("http_status_code", status);
        }
    }

    private void Write(Host host, string name, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("health_checker_type", model.ProbeName);
            WriteAddress(json, host.EndPoint);
            json.WriteString("cluster_name", cluster);
            json.WriteStartObject(name);
            write(json);
            json.WriteEndObject();
            json.WriteString("timestamp", main.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteStartObject("locality");
            json.WriteString("region", host.Locality.Region);
            json.WriteString("zone", host.Locality.Zone);
            json.WriteString("sub_zone", host.Locality.SubZone);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        file.Write(main, line.WrittenSpan);
    }

    // With everything that is not set, as Envoy writes it here.
    private static void WriteAddress(Utf8JsonWriter json, EndPoint endPoint)
    {
        json.WriteStartObject("host");
        if (endPoint is IPEndPoint ip)
        {
            json.WriteStartObject("socket_address");
            json.WriteString("protocol", "TCP");
            json.WriteString("address", ip.Address.ToString());
            json.WriteNumber("port_value", ip.Port);
            json.WriteString("resolver_name", "");
            json.WriteBoolean("ipv4_compat", false);
            json.WriteString("network_namespace_filepath", "");
        }
        else
        {
            json.WriteStartObject("pipe");
            json.WriteString("path", endPoint.ToString());
            json.WriteNumber("mode", 0);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
