using Proxy.Connections;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Matching;

/// <summary>What matchers may look at, as far as it has come.</summary>
internal readonly struct MatchData
{
    /// <summary>The worker that asks, for what is counted; null in tests that do without.</summary>
    public Worker? Worker { get; init; }

    /// <summary>The connection; null in tests that do without.</summary>
    public ConnectionInfo? Connection { get; init; }

    /// <summary>The record of the request; null where there is only a connection.</summary>
    public StreamInfo? Info { get; init; }

    public HeaderMap? RequestHeaders { get; init; }

    public HeaderMap? RequestTrailers { get; init; }

    public HeaderMap? ResponseHeaders { get; init; }

    public HeaderMap? ResponseTrailers { get; init; }

    /// <summary>What is known of a request by its head.</summary>
    public static MatchData Of(HeaderMap request, StreamInfo info, Worker? worker)
    {
        return new MatchData { Worker = worker, RequestHeaders = request, Info = info, Connection = info.Downstream };
    }
}
