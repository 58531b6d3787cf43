using System.Text.Json.Nodes;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary>The parts of messages that a dump is to have: paths of fields (protobuf's field masks). Applies to messages of which it names fields only.</summary>
internal sealed class ConfigDumpMask(string text, IConfigDumpSource source)
{
    private const string Packed = "google.protobuf.Any";

    private readonly string[][] _paths = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static path => path.Split('.'))];

    /// <summary>The mask in the text form of protobuf, as Envoy shows it.</summary>
    public string Text => string.Concat(_paths.Select(static path => $"paths: \"{string.Join('.', path)}\"\n"));

    /// <summary>Masks a section of the dump; null when the mask does not fit it.</summary>
    public JsonObject? Section(JsonObject section) => Fits(_paths, ConfigDumpSections.TypeOf(section)) ? Keep(section, _paths) : null;

    /// <summary>Masks an element of a section, and inside of the resource that it carries; null when the mask does not fit it.</summary>
    public JsonObject? Element(JsonObject element)
    {
        var type = ConfigDumpSections.TypeOf(element);
        foreach (var field in _paths.GroupBy(static path => path[0]))
        {
            var isPacked = source.FindField(type, field.Key) is { Message: Packed, IsRepeated: false };
            if (!isPacked ? !Fits([.. field], type) : element[field.Key] is JsonObject resource && !Fits(Inside(field), ConfigDumpSections.TypeOf(resource)))
            {
                return null;
            }
        }

        return Keep(element, _paths);
    }

    // A path to the resource alone is one without a name inside of it.
    private static string[][] Inside(IEnumerable<string[]> paths) => [.. paths.Select(static path => path.Length > 1 ? path[1..] : [""])];

    private bool Fits(string[][] paths, string type) => paths.All(path => Fits(path, type));

    private bool Fits(string[] path, string type)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (source.FindField(type, path[i]) is not { } field)
            {
                return false;
            }

            type = field.IsRepeated ? "" : field.Message;
        }

        return true;
    }

    private static JsonObject Keep(JsonObject from, string[][] paths)
    {
        var result = new JsonObject();
        foreach (var (name, value) in from)
        {
            var under = paths.Where(path => path[0] == name).ToArray();
            if (name == "@type" || paths.Length == 0 || under.Any(static path => path.Length == 1))
            {
                result[name] = value?.DeepClone();
            }
            else if (under.Length > 0 && value is JsonObject inner)
            {
                result[name] = Keep(inner, [.. under.Select(static path => path[1..])]);
            }
        }

        return result;
    }
}
