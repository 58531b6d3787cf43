using System.Net;
using Proxy.Connections;

namespace Proxy.Workers;

/// <summary>One outgoing connection.</summary>
/// <param name="Remote">Where to.</param>
public sealed record ConnectRequest(EndPoint Remote)
{
    /// <summary>Time for the connection to come up, in ms; 0 means no limit. Default 5000 (Envoy <c>connect_timeout</c>).</summary>
    public long TimeoutMilliseconds { get; init; } = 5000;

    /// <summary>Source address; null lets the system choose.</summary>
    public EndPoint? Local { get; init; }

    /// <summary>Socket options.</summary>
    public SocketSettings Settings { get; init; } = SocketSettings.Default;

    /// <summary>High watermark of the send queue in bytes; 0 means none. Default 1 MiB (Envoy <c>per_connection_buffer_limit_bytes</c>).</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;
}
