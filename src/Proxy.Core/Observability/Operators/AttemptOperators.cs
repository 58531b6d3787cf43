using System.Net;
using Proxy.Streams;

namespace Proxy.Observability.Operators;

/// <summary>Where attempts went, the first one first, with commas between them.</summary>
internal static class AttemptOperators
{
    /// <summary><c>%UPSTREAM_HOSTS_ATTEMPTED%</c>: addresses of the hosts.</summary>
    public static bool WriteHosts(StreamInfo info, FormatWriter writer, bool withPort)
    {
        for (var i = 0; i < info.UpstreamHostsTried.Count; i++)
        {
            writer.Write(i == 0 ? default : ","u8);
            WriteAddress(info.UpstreamHostsTried[i].EndPoint, writer, withPort);
        }

        return info.UpstreamHostsTried.Count > 0;
    }

    /// <summary><c>%UPSTREAM_HOST_NAMES_ATTEMPTED%</c>: names of the hosts; addresses of those that have none.</summary>
    public static bool WriteNames(StreamInfo info, FormatWriter writer, bool withPort)
    {
        for (var i = 0; i < info.UpstreamHostsTried.Count; i++)
        {
            writer.Write(i == 0 ? default : ","u8);
            var host = info.UpstreamHostsTried[i];
            if (host.Hostname.Length > 0)
            {
                writer.Write(host.Hostname);
            }
            else
            {
                WriteAddress(host.EndPoint, writer, withPort);
            }
        }

        return info.UpstreamHostsTried.Count > 0;
    }

    /// <summary><c>%UPSTREAM_CONNECTION_IDS_ATTEMPTED%</c>: ids of the connections that came up.</summary>
    public static bool WriteConnections(StreamInfo info, FormatWriter writer)
    {
        for (var i = 0; i < info.UpstreamConnectionsTried.Count; i++)
        {
            writer.Write(i == 0 ? default : ","u8);
            writer.Write(info.UpstreamConnectionsTried[i]);
        }

        return info.UpstreamConnectionsTried.Count > 0;
    }

    private static void WriteAddress(EndPoint address, FormatWriter writer, bool withPort)
    {
        if (address is IPEndPoint ip)
        {
            AddressOperator.Write(ip, withPort, writer);
        }
        else
        {
            writer.Write(address.ToString());
        }
    }
}
