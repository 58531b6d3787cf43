using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Proxy.Workers;
using Proxy.Workers.Files;

namespace Proxy.Clusters.Outliers;

/// <summary>Writes ejections and returns as lines of JSON (Envoy <c>OutlierDetectionEvent</c>). On main.</summary>
internal sealed class OutlierEventLog(ILogFile file, string cluster) : IOutlierLog
{
    private static readonly string[] Names =
    [
        "CONSECUTIVE_5XX", "CONSECUTIVE_GATEWAY_FAILURE", "CONSECUTIVE_LOCAL_ORIGIN_FAILURE", "SUCCESS_RATE", "SUCCESS_RATE_LOCAL_ORIGIN",
        "FAILURE_PERCENTAGE", "FAILURE_PERCENTAGE_LOCAL_ORIGIN",
    ];

    public void OnEjected(Host host, EjectionKind kind, bool enforced, OutlierRates? rates, Worker main) => Write(main, json =>
    {
        Begin(json, host, Names[(int)kind], "EJECT", main);
        json.WriteBoolean("enforced", enforced);
        WriteReason(json, host, kind, rates);
    });

    // The kind of a return says nothing: Envoy shows the first one.
    public void OnReturned(Host host, Worker main) => Write(main, json =>
    {
        Begin(json, host, Names[0], "UNEJECT", main);
        json.WriteBoolean("enforced", false);
    });

    private void Begin(Utf8JsonWriter json, Host host, string type, string action, Worker main)
    {
        var monitor = host.Outliers!;
        json.WriteString("type", type);
        json.WriteString("cluster_name", cluster);
        json.WriteString("upstream_url", host.EndPoint.ToString());
        json.WriteString("action", action);
        json.WriteNumber("num_ejections", monitor.Ejections);
        json.WriteString("timestamp", main.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (monitor.ChangedAt is { } changed)
        {
            json.WriteString("secs_since_last_action", ((main.Now - changed) / 1000).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteReason(Utf8JsonWriter json, Host host, EjectionKind kind, OutlierRates? rates)
    {
        if (rates is null)
        {
            json.WriteStartObject("eject_consecutive_event");
            json.WriteEndObject();
            return;
        }

        var byRate = kind is EjectionKind.SuccessRate or EjectionKind.LocalOriginSuccessRate;
        json.WriteStartObject(byRate ? "eject_success_rate_event" : "eject_failure_percentage_event");
        json.WriteNumber("host_success_rate", (uint)rates.Of(host));
        if (byRate)
        {
            json.WriteNumber("cluster_average_success_rate", (uint)rates.Mean);
            json.WriteNumber("cluster_success_rate_ejection_threshold", (uint)Math.Max(0, rates.Threshold));
        }

        json.WriteEndObject();
    }

    private void Write(Worker main, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        file.Write(main, line.WrittenSpan);
    }
}
