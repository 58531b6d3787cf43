using System.Text;
using System.Text.Json;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/listeners</c>: names and addresses.</summary>
internal sealed class ListenersHandler(ProxyServer server) : IAdminHandler
{
    public string Path => "/listeners";

    public string Help => "print listener info (format=text|json)";

    public bool ChangesState => false;

    public AdminResponse Handle(AdminRequest request)
    {
        return request.Query.Get("format") == "json" ? AdminResponse.Json(AdminJson.Write(WriteJson)) : AdminResponse.Text(Text());
    }

    private string Text()
    {
        var text = new StringBuilder();
        foreach (var listener in server.Listeners)
        {
            foreach (var endPoint in listener.EndPoints)
            {
                text.Append(listener.Config.Name).Append("::").Append(AdminJson.AddressText(endPoint)).Append('\n');
            }
        }

        return text.ToString();
    }

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray("listener_statuses");
        foreach (var listener in server.Listeners.Where(listener => listener.EndPoints.Count > 0))
        {
            json.WriteStartObject();
            json.WriteString("name", listener.Config.Name);
            json.WritePropertyName("local_address");
            AdminJson.WriteAddress(json, listener.EndPoints[0]);
            if (listener.EndPoints.Count > 1)
            {
                json.WriteStartArray("additional_local_addresses");
                foreach (var endPoint in listener.EndPoints.Skip(1))
                {
                    AdminJson.WriteAddress(json, endPoint);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
