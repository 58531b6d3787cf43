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
        if (source is null)
        {
            return Answer([]);
        }

        var query = request.Query;
        var pattern = query.Get("name_regex");
        if (!NameFilter.TryCompileWhole(pattern, out var wanted, out var fault))
        {
            return Refuse(400, $"Error while parsing name_regex from {pattern}: {fault}");
        }

        var mask = query.Get("mask") is { Length: > 0 } text ? new ConfigDumpMask(text, source) : null;
        var sections = Sections(source, query.Has("include_eds"), wanted);
        return query.Get("resource") is { Length: > 0 } resource ? Pick(sections, resource, mask, source) : All(sections, mask, query.Get("mask"));
    }

    private static AdminResponse All(List<JsonObject> sections, ConfigDumpMask? mask, string? text)
    {
        // A section that does not have what the mask names is left out.
        var masked = mask is null ? sections : sections.ConvertAll(mask.Section).OfType<JsonObject>().ToList();
        return masked.Count == 0 && mask is not null ? Refuse(400, $"FieldMask {text} could not be successfully applied to any configs.") : Answer(masked);
    }

    private static AdminResponse Pick(List<JsonObject> sections, string resource, ConfigDumpMask? mask, IConfigDumpSource source)
    {
        foreach (var section in sections)
        {
            switch (source.FindField(ConfigDumpSections.TypeOf(section), resource))
            {
                case null:
                    continue;
                case { IsRepeated: false }:
                    return Refuse(400, $"{resource} is not a repeated field. Use ?mask={resource} to get only this field");
                case { } field:
                    var elements = ConfigDumpSections.Elements(section, resource, field.Message).Select(element => mask is null ? element : mask.Element(element)).ToList();
                    return elements.Contains(null) ? Refuse(400, $"FieldMask {mask!.Text} could not be successfully used.") : Answer([.. elements.OfType<JsonObject>()]);
            }
        }

        return Refuse(404, $"{resource} not found in config dump");
    }

    private static AdminResponse Refuse(int status, string text) => new(status, "text/plain", Encoding.UTF8.GetBytes(text));

    private static AdminResponse Answer(List<JsonObject> configs)
    {
        var dump = configs.Count == 0 ? [] : new JsonObject { ["configs"] = new JsonArray([.. configs]) };
        return AdminResponse.Json(Encoding.UTF8.GetBytes(dump.ToJsonString(Indented) + "\n"));
    }

    private List<JsonObject> Sections(IConfigDumpSource dumps, bool includeEndpoints, Func<string, bool>? wanted)
    {
        var configs = JsonNode.Parse(dumps.Dump(server, includeEndpoints).Span)!["configs"]?.AsArray() ?? [];
        var sections = configs.OfType<JsonObject>().ToList();
        configs.Clear(); // so that they can stand in an answer
        if (wanted is not null)
        {
            sections.ForEach(section => ConfigDumpSections.KeepNamed(section, wanted));
        }

        return sections;
    }
}
