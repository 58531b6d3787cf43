using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>How connections ask for their tunnel. Immutable.</summary>
internal sealed class TunnelModel
{
    private readonly TextFormat _hostname;
    private readonly HeaderEdits? _headers;

    private TunnelModel(TextFormat hostname, HeaderEdits? headers)
    {
        _hostname = hostname;
        _headers = headers;
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
        return hostname is null ? null : new TunnelModel(hostname, headers);
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
}
