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

    /// <summary>Filter state that holds the trailers of the tunnel.</summary>
    public const string TrailersState = "envoy.tcp_proxy.propagate_response_trailers";

    /// <summary>Filter state that says whether a connection does without: <c>true</c>.</summary>
    public const string DisabledState = "envoy.tcp_proxy.disable_tunneling";

    /// <summary>Metadata that the request's id is left in.</summary>
    public const string Namespace = "envoy.filters.network.tcp_proxy";

    private readonly TunnelingConfig _config;
    private readonly TextFormat _hostname;
    private readonly HeaderEdits? _headers;
    private readonly byte[]? _path; // null for CONNECT

    private TunnelModel(TunnelingConfig config, TextFormat hostname, HeaderEdits? headers)
    {
        _hostname = hostname;
        _headers = headers;
        _config = config;
        _path = config.UsePost ? Encoding.UTF8.GetBytes(config.PostPath.Length > 0 ? config.PostPath : "/") : null;
    }

    /// <summary>Compiles <paramref name="config"/>; null, and faults added, when it breaks rules.</summary>
    public static TunnelModel? Compile(TunnelingConfig config, FilterFactoryContext context, FaultList faults)
    {
        if (config.Hostname.Length == 0)
        {
            faults.Add("tunneling_config.hostname", "required");
        }

        if (config.PostPath.Length > 0 && !config.UsePost)
        {
            faults.Add("tunneling_config.post_path", "goes with use_post only");
        }

        if (config.RequestId is { Header: { Length: > 0 } header } && !HeaderName.IsValid(header))
        {
            faults.Add("tunneling_config.request_id_header", "must be a header's name");
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

    /// <summary>The connection goes straight to the host: a filter in front has said so.</summary>
    public static bool IsDisabledFor(ConnectionInfo connection) => connection.HasFilterState
        && connection.FilterState.TryGetValue(DisabledState, out var value) && value is true or "true";

    /// <summary>The head of the request that goes out on <paramref name="upstream"/>.</summary>
    public HeaderMap CreateRequest(in AccessLogEntry entry, Connection upstream)
    {
        var request = new HeaderMap();
        var scratch = HeaderEditScratch.Of(entry.Worker);
        scratch.Values.Clear();
        _hostname.Write(entry, scratch.Values);
        request.Set(KnownHeader.Method, _path is null ? "CONNECT"u8 : "POST"u8);
        request.Set(KnownHeader.Authority, scratch.Values.Written);
        if (_path is not null)
        {
            request.Set(KnownHeader.Path, _path);
            request.Set(KnownHeader.Scheme, upstream.Info.Tls is null ? "http"u8 : "https"u8);
        }

        _headers?.Apply(request, entry, scratch);
        if (_config.RequestId is { } id)
        {
            Identify(request, id, entry);
        }

        return request;
    }

    /// <summary>Leaves the head of an answer for filters and logs where that is asked for; the first one stays.</summary>
    public void OnAnswer(HeaderMap response, ConnectionInfo connection)
    {
        if (_config.PropagateResponseHeaders)
        {
            connection.FilterState.TryAdd(HeadersState, ValueOf(response));
        }
    }

    /// <summary>The same for trailers.</summary>
    public void OnTrailers(HeaderMap trailers, ConnectionInfo connection)
    {
        if (_config.PropagateResponseTrailers)
        {
            connection.FilterState.TryAdd(TrailersState, ValueOf(trailers));
        }
    }

    private static void Identify(HeaderMap request, TunnelRequestIdConfig id, in AccessLogEntry entry)
    {
        Span<byte> text = stackalloc byte[RequestIds.TextLength];
        RequestIds.Write(entry.Worker.Random, text);
        var name = HeaderName.Of(id.Header is { Length: > 0 } header ? header : "x-request-id");
        name.Set(request, text);
        var metadata = entry.Info.DynamicMetadata;
        if (!metadata.TryGetValue(Namespace, out var keys))
        {
            metadata.Add(Namespace, keys = new(StringComparer.Ordinal));
        }

        keys[id.MetadataKey is { Length: > 0 } key ? key : "tunnel_request_id"] = Encoding.ASCII.GetString(text);
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
