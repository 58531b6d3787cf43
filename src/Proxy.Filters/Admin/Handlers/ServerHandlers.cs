using System.Globalization;
using System.Text.Json;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>Paths about the process: <c>/ready</c>, <c>/server_info</c>, <c>/memory</c>, <c>/runtime</c> and the like.</summary>
internal static class ServerHandlers
{
    public static IEnumerable<IAdminHandler> For(ProxyServer server)
    {
        yield return Get("/ready", "print server state, return 200 if LIVE, otherwise return 503", _ => Ready(server));
        yield return Get("/server_info", "print server version/status information", _ => AdminResponse.Json(AdminJson.Write(json => WriteInfo(json, server))));
        yield return Get("/memory", "print current allocation/heap usage", _ => AdminResponse.Json(AdminJson.Write(WriteMemory)));
        yield return Get("/runtime", "print runtime values", _ => AdminResponse.Json(AdminJson.Write(json => WriteRuntime(json, server.RuntimeLayers))));
        yield return Get("/init_dump", "dump current init manager information", _ => AdminResponse.Json(AdminJson.Write(json => WriteUnready(json, server))));
        yield return Get("/hot_restart_version", "print the hot restart compatibility version", _ => AdminResponse.Text("disabled"));
        yield return Get("/contention", "dump current mutex contention stats", _ => AdminResponse.Text("Mutex contention is not traced.\n"));
        yield return Get("/stats/recentlookups", "show recent stat-name lookups", _ => AdminResponse.Text("Lookups are not tracked: names are looked up when a component is made, never per request.\n"));
    }

    public static string StateName(ServerState state) => state switch
    {
        ServerState.Live => "LIVE",
        ServerState.Draining => "DRAINING",
        ServerState.PreInitializing => "PRE_INITIALIZING",
        _ => "INITIALIZING",
    };

    private static DelegateAdminHandler Get(string path, string help, Func<AdminRequest, AdminResponse> handle) => new(path, help, changesState: false, handle);

    private static void WriteUnready(Utf8JsonWriter json, ProxyServer server)
    {
        var unready = server.Dynamic.Unready.ToArray();
        if (unready.Length == 0)
        {
            return;
        }

        json.WriteStartArray("unready_targets_dumps");
        json.WriteStartObject();
        json.WriteString("name", "init manager Server");
        json.WriteStartArray("target_names");
        Array.ForEach(unready, json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static AdminResponse Ready(ProxyServer server)
    {
        var text = StateName(server.State) + "\n";
        return server.State == ServerState.Live ? AdminResponse.Text(text) : AdminResponse.Error(503, text);
    }

    private static void WriteInfo(Utf8JsonWriter json, ProxyServer server)
    {
        json.WriteString("version", server.Description.Version);
        json.WriteString("state", StateName(server.State));
        json.WriteString("hot_restart_version", "disabled");
        json.WriteStartObject("command_line_options");
        foreach (var (name, value) in server.Description.Flags)
        {
            WriteFlag(json, name, value);
        }

        json.WriteEndObject();
        json.WriteString("uptime_current_epoch", AdminJson.Seconds(server.Uptime));
        json.WriteString("uptime_all_epochs", AdminJson.Seconds(server.Uptime));
        json.WriteStartObject("node");
        json.WriteString("id", server.Config.Node.Id);
        json.WriteString("cluster", server.Config.Node.Cluster);
        var locality = server.Config.Node.Locality;
        json.WriteStartObject("locality");
        json.WriteString("region", locality.Region);
        json.WriteString("zone", locality.Zone);
        json.WriteString("sub_zone", locality.SubZone);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, string value)
    {
        if (value is "true" or "false")
        {
            json.WriteBoolean(name, value == "true");
        }
        else if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteMemory(Utf8JsonWriter json)
    {
        var memory = GC.GetGCMemoryInfo();
        Write(json, "allocated", GC.GetTotalMemory(forceFullCollection: false));
        Write(json, "heap_size", memory.TotalCommittedBytes);
        Write(json, "pageheap_unmapped", 0);
        Write(json, "pageheap_free", memory.FragmentedBytes);
        Write(json, "total_thread_cache", 0);
        Write(json, "total_physical_bytes", Environment.WorkingSet);
        Write(json, "total_allocated", GC.GetTotalAllocatedBytes(precise: true));
    }

    // Protobuf writes 64-bit numbers as strings.
    private static void Write(Utf8JsonWriter json, string name, long value) => json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    private static void WriteRuntime(Utf8JsonWriter json, RuntimeLayers runtime)
    {
        var layers = runtime.Shown;
        json.WriteStartArray("layers");
        foreach (var (name, _) in layers)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartObject("entries");
        foreach (var (key, value) in runtime.Snapshot.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(key);
            json.WriteString("final_value", value);
            json.WriteStartArray("layer_values");
            foreach (var (_, values) in layers)
            {
                json.WriteStringValue(values.GetValueOrDefault(key, ""));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
