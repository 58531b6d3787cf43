using System.Net;
using Proxy.Streams;

namespace Proxy.Observability.Operators;

/// <summary>Where attempts went, the first one first, with commas between them.</summary>
internal static class AttemptOperators
{
    /// <summary><c>%UPSTREAM_HOSTS_ATTEMPTED%</c>: addresses of the hosts.</summary>
    public static bool WriteHosts(StreamInfo info, FormatWriter writer)
    {
        for (var i = 0; i < info.UpstreamHostsTried.Count; i++)
        {
            writer.Write(i == 0 ? default : ","u8);
            if (info.UpstreamHostsTried[i].EndPoint is IPEndPoint ip)
            {
                AddressOperator.Write(ip, withPort: true, writer);
            }
            else
            {
                writer.Write(info.UpstreamHostsTried[i].EndPoint.ToString() ?? "");
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
}
