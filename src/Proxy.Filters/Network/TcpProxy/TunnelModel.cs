using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>How connections ask for their tunnel. Immutable.</summary>
internal sealed class TunnelModel
{
    /// <summary>Filter state that holds the head of the proxy's answer.</summary>
    public const string HeadersState = "envoy.tcp_proxy.propagate_response_headers";

    private readonly TextFormat _hostname;
    private readonly HeaderEdits? _headers;
    private readonly bool _keepsAnswer;

    private TunnelModel(TunnelingConfig config, TextFormat hostname, HeaderEdits? headers)
    {
        _hostname = hostname;
        _headers = headers;
        _keepsAnswer = config.PropagateResponseHeaders;
    }

    /// <summary>Compiles <paramref name="config"/>; null, and faults added, when it breaks rules.</summary>
    public static TunnelModel? Compile(TunnelingConfig config, FilterFactoryContext context, FaultList faults)
    {
        if (config.Hostname.Length == 0)
        {
            faults.Add("tunneling_config.hostname", "required");
        }

        var hostname = TextFormat.TryCompile(config.Hostname, context.Formats, omitEmptyValues: true, out var error);
        if (hostname is null)
        {
            faults.Add("tunneling_config.hostname", error);
        }

        var edits = new HeaderEditsConfig { RequestAdditions = config.Headers };
        var headers = HeaderEdits.Compile(edits, request: true, context.Formats, "tunneling_config", faults);
        return hostname is null ? null : new TunnelModel(config, hostname, headers);
    }

    /// <summary>The head of the request.</summary>
    public HeaderMap CreateRequest(in AccessLogEntry entry)
    {
        var request = new HeaderMap();
        var scratch = HeaderEditScratch.Of(entry.Worker);
        scratch.Values.Clear();
        _hostname.Write(entry, scratch.Values);
        request.Set(KnownHeader.Method, "CONNECT"u8);
        request.Set(KnownHeader.Authority, scratch.Values.Written);
        _headers?.Apply(request, entry, scratch);
        return request;
    }

    /// <summary>Leaves the head of an answer for filters and logs where that is asked for; the first one stays.</summary>
    public void OnAnswer(HeaderMap response, ConnectionInfo connection)
    {
        if (_keepsAnswer)
        {
            connection.FilterState.TryAdd(HeadersState, ValueOf(response));
        }
    }

    // As Envoy's HeaderMap message reads in JSON.
    private static Dictionary<string, object> ValueOf(HeaderMap response)
    {
        var fields = new List<Dictionary<string, object>>(response.Count);
        foreach (var field in response)
        {
            fields.Add(new(StringComparer.Ordinal) { ["key"] = Encoding.ASCII.GetString(field.Name), ["value"] = Encoding.UTF8.GetString(field.Value) });
        }

        return new(StringComparer.Ordinal) { ["headers"] = fields };
    }
}
