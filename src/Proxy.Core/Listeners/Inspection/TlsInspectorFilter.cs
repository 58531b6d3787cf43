using System.Text;
using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Stats;
using Proxy.Tls.Hello;

namespace Proxy.Listeners.Inspection;

/// <summary>Looks at the client hello of a connection, so that its filter chain can be chosen by it. Uses no byte up.</summary>
internal sealed class TlsInspectorFilter(TlsInspectorConfig config, StatShard stats) : ListenerFilter
{
    public override ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        switch (ClientHelloReader.TryRead(data, config.MaxHelloSize, static (in ClientHello hello, TlsInspectorFilter self) => self.OnHello(hello), this))
        {
            case ClientHelloStatus.NeedMoreData:
                return ListenerFilterStatus.NeedMoreData;
            case ClientHelloStatus.Found:
                stats.Increment(TlsInspectorStats.Found);
                Connection.Info.TransportProtocol = "tls";
                break;
            case ClientHelloStatus.TooLarge:
                stats.Increment(TlsInspectorStats.TooLarge);
                Connection.Close(CloseMode.Immediate, "client_hello_too_large");
                return ListenerFilterStatus.NeedMoreData;
            default:
                stats.Increment(TlsInspectorStats.NotFound);
                if (config.CloseOnErrors)
                {
                    Connection.Close(CloseMode.Immediate, "client_hello_malformed");
                    return ListenerFilterStatus.NeedMoreData;
                }

                break;
        }

        stats.Record(TlsInspectorStats.BytesProcessed, data.Length);
        return ListenerFilterStatus.Continue;
    }

    private bool OnHello(in ClientHello hello)
    {
        if (!hello.TryGetServerName(out var name) || !hello.TryGetProtocols(out var protocols))
        {
            return false;
        }

        var info = Connection.Info;
        stats.Increment(name.IsEmpty ? TlsInspectorStats.NameNotFound : TlsInspectorStats.NameFound);
        if (!name.IsEmpty)
        {
            info.ServerName = Encoding.Latin1.GetString(name).ToLowerInvariant();
        }

        stats.Increment(protocols.IsEmpty ? TlsInspectorStats.ProtocolsNotFound : TlsInspectorStats.ProtocolsFound);
        if (!protocols.IsEmpty)
        {
            info.ApplicationProtocols = ListOf(protocols);
        }

        info.Ja3 = config.Ja3 ? HelloFingerprint.Ja3(hello) : "";
        info.Ja4 = config.Ja4 ? HelloFingerprint.Ja4(hello) : "";
        return true;
    }

    private static List<string> ListOf(ReadOnlySpan<byte> protocols)
    {
        var names = new List<string>();
        while (ClientHello.TakeShort(ref protocols, out var name))
        {
            names.Add(Encoding.Latin1.GetString(name));
        }

        return names;
    }
}
