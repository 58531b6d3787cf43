using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;

namespace Proxy.Tls;

/// <summary>Decides whose secrets go to a key log, and hands them on.</summary>
internal sealed class TlsKeyLogFilter(TlsKeyLogConfig config)
{
    /// <summary>Takes lines without their end, from any worker; null writes nothing.</summary>
    public Action<ReadOnlyMemory<byte>>? Writer { get; set; }

    public TlsKeyLogConfig Config { get; } = config;

    public void Log(ConnectionInfo info, ReadOnlySpan<byte> line)
    {
        if (Writer is { } write && IsIn(Config.Local, info.LocalEndPoint) && IsIn(Config.Remote, info.RemoteEndPoint))
        {
            write(line.ToArray());
        }
    }

    private static bool IsIn(ConfigList<CidrRange> ranges, EndPoint endPoint) =>
        ranges.Count == 0 || (endPoint is IPEndPoint point && ranges.Any(range => range.Contains(point.Address)));
}
