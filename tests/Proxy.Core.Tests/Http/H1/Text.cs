using System.Text;
using Proxy.Http;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>Header maps as text.</summary>
internal static class Text
{
    public static List<string> Fields(HeaderMap map)
    {
        var fields = new List<string>();
        foreach (var field in map)
        {
            fields.Add($"{Encoding.Latin1.GetString(field.Name)}={Encoding.Latin1.GetString(field.Value)}");
        }

        return fields;
    }

    public static HeaderMap Map(params (string Name, string Value)[] fields)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in fields)
        {
            map.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return map;
    }
}
