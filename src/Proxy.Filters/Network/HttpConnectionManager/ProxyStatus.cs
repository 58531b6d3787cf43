using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Adds the <c>proxy-status</c> header (RFC 9209) to responses that tell of a failure of this proxy. Immutable, shared by all workers.</summary>
internal sealed class ProxyStatus
{
    private readonly byte[] _name;
    private readonly ProxyStatusConfig _config;

    private ProxyStatus(byte[] name, ProxyStatusConfig config)
    {
        _name = name;
        _config = config;
    }

    /// <summary>Compiles the setting of <paramref name="manager"/>; null when it has none or, faults added, breaks rules.</summary>
    public static ProxyStatus? Compile(HttpConnectionManagerConfig manager, string nodeId, FaultList faults)
    {
        if (manager.ProxyStatus is not { } config)
        {
            return null;
        }

        if (config is { UseNodeId: true, Name: not null })
        {
            faults.Add("proxy_status_config.proxy_name", "use_node_id and literal_proxy_name exclude each other");
        }

        var name = config.UseNodeId ? nodeId : config.Name ?? manager.ServerName;
        if (name.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            faults.Add("proxy_status_config.proxy_name", "must be a header value");
            return null;
        }

        return new ProxyStatus(Encoding.UTF8.GetBytes(name), config);
    }

    /// <summary>Changes the head of a response on its way to the client.</summary>
    public void Apply(HeaderMap response, StreamInfo info, Worker worker)
    {
        if (!ProxyError.TryFind(info.Flags, out var error))
        {
            return;
        }

        var value = HeaderEditScratch.Of(worker).Values;
        value.Clear();
        WriteOthers(value, response);
        value.Write(_name);
        value.Write("; error="u8);
        value.Write(error.Name);
        WriteDetails(value, info);
        response.Set("proxy-status"u8, value.Written);
        if (_config.SetRecommendedStatus && error.Status is { } status)
        {
            response.Set(KnownHeader.Status, status);
        }
    }

    // Proxies behind this one stand in front: the list grows on the way to the client.
    private static void WriteOthers(FormatWriter value, HeaderMap response)
    {
        foreach (var field in response)
        {
            if (field.Name.SequenceEqual("proxy-status"u8))
            {
                value.Write(field.Value);
                value.Write(", "u8);
            }
        }
    }

    private void WriteDetails(FormatWriter value, StreamInfo info)
    {
        if (_config.RemoveDetails || info.ResponseCodeDetails.Length == 0)
        {
            return;
        }

        value.Write("; details=\""u8);
        WriteEscaped(value, info.ResponseCodeDetails);
        if (!_config.RemoveConnectionTerminationDetails && info.ConnectionTerminationDetails.Length > 0)
        {
            value.Write("; "u8);
            WriteEscaped(value, info.ConnectionTerminationDetails);
        }

        if (!_config.RemoveResponseFlags)
        {
            value.Write("; "u8);
            ResponseFlagNames.Write(info.Flags, longNames: false, value);
        }

        value.Write((byte)'"');
    }

    private static void WriteEscaped(FormatWriter value, ReadOnlySpan<char> text)
    {
        for (var special = text.IndexOfAny("\r\n\t\""); special >= 0; special = text.IndexOfAny("\r\n\t\""))
        {
            value.Write(text[..special]);
            value.Write(text[special] switch { '\r' => "\\r"u8, '\n' => "\\n"u8, '\t' => "\\t"u8, _ => "\\\""u8 });
            text = text[(special + 1)..];
        }

        value.Write(text);
    }
}
