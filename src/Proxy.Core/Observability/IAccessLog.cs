using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Observability;

/// <summary>Takes the records of finished requests and connections. On the worker of the stream; must not block or throw.</summary>
public interface IAccessLog
{
    /// <summary>Logs <paramref name="entry"/>, or not, by its filter.</summary>
    void Log(in AccessLogEntry entry);
}

/// <summary>What there is to log, or to format: the record and the headers. Missing maps are null (plain connections, no answer).</summary>
public readonly ref struct AccessLogEntry
{
    /// <summary>The worker of the stream.</summary>
    public required Worker Worker { get; init; }

    /// <summary>The record.</summary>
    public required StreamInfo Info { get; init; }

    /// <summary>The request's head.</summary>
    public HeaderMap? RequestHeaders { get; init; }

    /// <summary>The response's head.</summary>
    public HeaderMap? ResponseHeaders { get; init; }

    /// <summary>The response's trailers.</summary>
    public HeaderMap? ResponseTrailers { get; init; }

    /// <summary>Body of a local reply, for <c>%LOCAL_REPLY_BODY%</c>.</summary>
    public ReadOnlySpan<byte> LocalReplyBody { get; init; }

    /// <summary>Why it is logged now.</summary>
    public AccessLogType Type { get; init; }
}

/// <summary>Why something is logged (Envoy <c>%ACCESS_LOG_TYPE%</c>).</summary>
public enum AccessLogType
{
    /// <summary>Not said.</summary>
    NotSet,

    /// <summary>A plain connection has begun.</summary>
    TcpConnectionStart,

    /// <summary>A plain connection has come to its upstream.</summary>
    TcpUpstreamConnected,

    /// <summary>A plain connection lives on.</summary>
    TcpPeriodic,

    /// <summary>A plain connection is over.</summary>
    TcpConnectionEnd,

    /// <summary>A request has begun.</summary>
    DownstreamStart,

    /// <summary>A request goes on.</summary>
    DownstreamPeriodic,

    /// <summary>A request is over.</summary>
    DownstreamEnd,

    /// <summary>An attempt has an upstream connection.</summary>
    UpstreamPoolReady,

    /// <summary>An attempt goes on.</summary>
    UpstreamPeriodic,

    /// <summary>An attempt at an upstream is over.</summary>
    UpstreamEnd,

    /// <summary>A tunnel (an upgrade or CONNECT) is open.</summary>
    DownstreamTunnelSuccessfullyEstablished,
}
