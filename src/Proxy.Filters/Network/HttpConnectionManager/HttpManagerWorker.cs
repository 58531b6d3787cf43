using Proxy.Http;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>One worker's part of a connection manager: its numbers, its scratch, and the streams it reuses.</summary>
internal sealed class HttpManagerWorker
{
    private const int KeptStreams = 1024;

    private readonly Stack<HttpStream> _streams = new();
    private long _streamIds;

    public HttpManagerWorker(HttpManagerModel model, Worker worker)
    {
        Model = model;
        Worker = worker;
        Stats = model.Stats.Shard(worker);
        ListenerStats = model.ListenerStats?.Shard(worker);
        CodecStats = model.CodecStats.Shard(worker);
        Http2CodecStats = model.Http2CodecStats.Shard(worker);
        Paths = new PathNormalizer(model.Config.NormalizePath, model.Config.MergeSlashes, model.Config.EscapedSlashes);
        LocalReplies = model.LocalReplies is { } replies ? new LocalReplyBodies(replies) : null;
        Continue.Set(KnownHeader.Status, "100"u8);
    }

    public HttpManagerModel Model { get; }

    public Worker Worker { get; }

    public StatShard Stats { get; }

    public StatShard? ListenerStats { get; }

    public StatShard CodecStats { get; }

    public StatShard Http2CodecStats { get; }

    public PathNormalizer Paths { get; }

    public LocalReplyBodies? LocalReplies { get; }

    /// <summary>The head of <c>100 Continue</c>.</summary>
    public HeaderMap Continue { get; } = new();

    /// <summary>A number no other stream of this worker's part has.</summary>
    public long NextStreamId() => ++_streamIds;

    public HttpStream Rent() => _streams.TryPop(out var stream) ? stream : new HttpStream(this);

    public void Return(HttpStream stream)
    {
        if (_streams.Count < KeptStreams)
        {
            _streams.Push(stream);
        }
    }
}
