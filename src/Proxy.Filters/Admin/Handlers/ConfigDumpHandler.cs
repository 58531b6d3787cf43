using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/config_dump</c>: the configuration that runs, or the parts of it that were asked for.</summary>
internal sealed class ConfigDumpHandler(IConfigDumpSource? source, ProxyServer server) : IAdminHandler
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 1 };

    public string Path => "/config_dump";

    public string Help => "dump current configuration (resource, mask, name_regex, include_eds)";

    public bool ChangesState => false;

    public AdminResponse Handle(AdminRequest request)
    {
        var query = request.Query;
        if (!NameFilter.TryCompile(query.Get("name_regex"), invert: false, out var wanted, out var fault))
        {
            return AdminResponse.Error(400, fault);
        }

        var all = Configs(query.Has("include_eds"));
        if (query.Get("resource") is { Length: > 0 } resource)
        {
            if (!ConfigDumpFilter.TryPick(all, resource, out all))
            {
                return new AdminResponse(404, "text/plain", Encoding.UTF8.GetBytes($"{resource} not found in config dump\n"));
            }

            all = ConfigDumpFilter.ByName(all, wanted);
        }
        else if (wanted is not null)
        {
            foreach (var config in all)
            {
                ConfigDumpFilter.KeepNamed(config!.AsObject(), wanted);
            }
        }

        if (query.Get("mask") is { Length: > 0 } mask)
        {
            all = ConfigDumpFilter.Mask(all, mask.Split(','));
        }

        var dump = new JsonObject { ["configs"] = all };
        return AdminResponse.Json(Encoding.UTF8.GetBytes(dump.ToJsonString(Indented) + "\n"));
    }

    private JsonArray Configs(bool includeEndpoints)
    {
        if (source is null)
        {
            return [];
        }

        var dump = JsonNode.Parse(source.Dump(server, includeEndpoints).Span)!.AsObject();
        var configs = dump["configs"]!.AsArray();
        dump.Remove("configs");
        return configs;
    }
}
