using Proxy.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcStats;

/// <summary>Counts gRPC calls by method and status, and their messages both ways, in the stats of the cluster that serves them.</summary>
internal sealed class GrpcStatsFilter(GrpcStatsConfig config, HashSet<byte[]> paths, ClusterManager clusters, Worker worker) : HttpFilter
{
    /// <summary>Key of <see cref="GrpcMessageCounts"/> in the filter state.</summary>
    public const string StateKey = "envoy.filters.http.grpc_stats";

    private GrpcMethod? _method;
    private GrpcMessageCounts? _counts;
    private GrpcFrames _requests;
    private GrpcFrames _responses;
    private bool _isGrpcRequest;
    private bool _isGrpcResponse;

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _isGrpcRequest = GrpcReply.IsGrpcRequest(headers);
        if (_isGrpcRequest && clusters.FindFor(Callbacks.Route, headers, Callbacks.Info, worker)?.Grpc is { } grpc)
        {
            var path = headers.Get(KnownHeader.Path);
            _method = IsNamed(path) ? grpc.Of(path, config.ReplaceDots) : grpc.Unnamed;
        }

        return HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (_isGrpcRequest && _requests.Read(chunk.Bytes) is > 0 and var count)
        {
            _method?.CountRequestMessages(count);
            LeaveCounts();
        }

        return DataStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        _isGrpcResponse = GrpcReply.IsGrpcResponse(headers, endStream);
        _method?.CountStatus(headers);
        if (endStream)
        {
            RecordTime();
        }

        return HeadersStatus.Continue;
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        if (_isGrpcResponse && _responses.Read(chunk.Bytes) is > 0 and var count)
        {
            _method?.CountResponseMessages(count);
            LeaveCounts();
        }

        return DataStatus.Continue;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        _method?.CountStatus(trailers);
        RecordTime();
        return TrailersStatus.Continue;
    }

    public override void Recycle()
    {
        _method = null;
        _counts = null;
        _requests = _responses = default;
        _isGrpcRequest = _isGrpcResponse = false;
    }

    private bool IsNamed(ReadOnlySpan<byte> path)
    {
        var query = path.IndexOf((byte)'?');
        return config.AllMethods || (paths.Count > 0 && paths.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(query < 0 ? path : path[..query]));
    }

    private void LeaveCounts()
    {
        if (config.EmitFilterState)
        {
            if (_counts is null)
            {
                _counts = new GrpcMessageCounts();
                Callbacks.Info.FilterState[StateKey] = _counts;
            }

            _counts.Requests = _requests.Count;
            _counts.Responses = _responses.Count;
        }
    }

    private void RecordTime()
    {
        var info = Callbacks.Info;
        if (config.RecordTimes && info is { UpstreamLastSentMicroseconds: > 0, UpstreamLastReceivedMicroseconds: > 0 })
        {
            _method?.RecordTime((info.UpstreamLastReceivedMicroseconds - info.UpstreamLastSentMicroseconds) / 1000);
        }
    }
}

/// <summary>Messages of one call, for logs and other filters.</summary>
internal sealed class GrpcMessageCounts
{
    public long Requests { get; set; }

    public long Responses { get; set; }

    public override string ToString() => $"{Requests},{Responses}";
}
