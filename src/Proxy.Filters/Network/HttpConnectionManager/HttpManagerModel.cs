using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>A compiled connection manager: everything its connections share. Immutable but for the workers' parts, each of which is its worker's own.</summary>
internal sealed class HttpManagerModel
{
    private readonly Lock _gate = new();
    private HttpManagerWorker?[] _workers = [];

    public HttpManagerModel(HttpConnectionManagerConfig config)
    {
        Config = config;
        StreamIdleTimeout = Milliseconds(config.StreamIdleTimeout);
        IdleTimeout = Milliseconds(config.IdleTimeout);
        MaxConnectionDuration = Milliseconds(config.MaxConnectionDuration);
        MaxStreamDuration = Milliseconds(config.MaxStreamDuration);
        RequestTimeout = Milliseconds(config.RequestTimeout);
        RequestHeadersTimeout = Milliseconds(config.RequestHeadersTimeout);
        AccessLogInterval = config.AccessLogs.Count > 0 ? Milliseconds(config.AccessLogFlushInterval) : 0;
        KeepsAfterInvalid = config.Http1.StreamErrorOnInvalidMessage ?? config.StreamErrorOnInvalidMessage;
        Hosts = new HostNormalizer(config.StripTrailingHostDot, config.StripMatchingHostPort, config.StripAnyHostPort);
        Responses = new ResponseMutator(config);
    }

    public HttpConnectionManagerConfig Config { get; }

    public required HttpFilterChainModel Filters { get; init; }

    public required RouteTables Routes { get; init; }

    public required RequestMutator Requests { get; init; }

    public required DrainState Drain { get; init; }

    public required StatGroup Stats { get; init; }

    /// <summary>Stats under the listener's prefix; null outside of one.</summary>
    public StatGroup? ListenerStats { get; init; }

    public required StatGroup CodecStats { get; init; }

    /// <summary>Makes the codec of a connection.</summary>
    public required Func<ICodecTransport, IServerCodecHandler, HttpServerCodec> CreateCodec { get; init; }

    /// <summary>Settings of HTTP/2.</summary>
    public required Http2Options Http2 { get; init; }

    public required StatGroup Http2CodecStats { get; init; }

    /// <summary>Makes the codec of a connection that speaks HTTP/2.</summary>
    public HttpServerCodec CreateHttp2Codec(ICodecTransport transport, IServerCodecHandler owner, HttpManagerWorker worker)
    {
        return new Http2ServerCodec(transport, owner, Http2, worker.Http2CodecStats, worker.Worker);
    }

    public IAccessLog[] AccessLogs { get; init; } = [];

    /// <summary>Null leaves local replies as they are.</summary>
    public LocalReplyModel? LocalReplies { get; init; }

    /// <summary>A request that is refused for its head leaves the connection open where its end is known.</summary>
    public bool KeepsAfterInvalid { get; }

    public HostNormalizer Hosts { get; }

    public ResponseMutator Responses { get; }

    /// <summary>Null tells clients nothing of failures.</summary>
    public ProxyStatus? ProxyStatus { get; init; }

    public Upgrades Upgrades { get; init; } = Upgrades.None;

    /// <summary>Times in ms; 0 for never.</summary>
    public long StreamIdleTimeout { get; }

    public long IdleTimeout { get; }

    public long MaxConnectionDuration { get; }

    public long MaxStreamDuration { get; }

    public long RequestTimeout { get; }

    public long RequestHeadersTimeout { get; }

    public long AccessLogInterval { get; }

    /// <summary>The part of <paramref name="worker"/>; made on first use.</summary>
    public HttpManagerWorker For(Worker worker)
    {
        var index = worker.Index + 1;
        var workers = Volatile.Read(ref _workers);
        return (index < workers.Length ? workers[index] : null) ?? Add(worker, index);
    }

    private HttpManagerWorker Add(Worker worker, int index)
    {
        lock (_gate)
        {
            var workers = _workers;
            if (index >= workers.Length)
            {
                Array.Resize(ref workers, index + 1);
            }

            var added = workers[index] ??= new HttpManagerWorker(this, worker);
            Volatile.Write(ref _workers, workers);
            return added;
        }
    }

    private static long Milliseconds(TimeSpan? time) => time is { } span ? (long)span.TotalMilliseconds : 0;
}
