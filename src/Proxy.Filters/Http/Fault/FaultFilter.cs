using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Fault;

/// <summary>Delays and fails requests and slows responses down on purpose (Envoy <c>fault.v3.HTTPFault</c>).</summary>
internal sealed class FaultFilter(FaultModel model, StatShard stats, FaultCount active, Worker worker) : HttpFilter
{
    private const string Namespace = "envoy.filters.http.fault";

    private FaultModel? _faults; // of the stream
    private WorkerTimer? _delay;
    private SlowBody? _response;
    private bool _isWaiting;
    private bool _isActive;

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _faults = Callbacks.RouteConfig as FaultModel ?? model;
        if (!_faults.Concerns(headers, Callbacks.Route))
        {
            return HeadersStatus.Continue;
        }

        if (_faults.Rate?.Decide(headers, worker.Random.Next()) is { } rate and > 0 && TryBegin())
        {
            stats.Increment(FaultModel.RateLimits);
            _response = new SlowBody(Callbacks, rate);
        }

        if (_faults.Delay?.Decide(headers, worker.Random.Next()) is { } delay and > 0 && TryBegin())
        {
            stats.Increment(FaultModel.Delays);
            Callbacks.Info.Flags |= ResponseFlags.DelayInjected;
            SetMetadata();
            _isWaiting = true;
            _delay ??= worker.CreateTimer(static self => ((FaultFilter)self!).OnDelayOver(), this);
            _delay.Arm(delay);
            return HeadersStatus.StopIteration;
        }

        return TryAbort(headers) ? HeadersStatus.StopIteration : HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk) => _isWaiting ? DataStatus.StopAndBuffer : DataStatus.Continue;

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers) => _isWaiting ? TrailersStatus.StopIteration : TrailersStatus.Continue;

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        if (_response is null || (chunk.Bytes.IsEmpty && !chunk.EndStream))
        {
            return DataStatus.Continue;
        }

        _response.Add(chunk.Bytes, chunk.EndStream);
        return DataStatus.StopNoBuffer;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers) =>
        _response?.TryPassTrailers() == false ? TrailersStatus.StopIteration : TrailersStatus.Continue;

    public override void OnStreamComplete()
    {
        _delay?.Cancel();
        _response?.Drop();
        if (_isActive)
        {
            active.Remove();
            stats.Decrement(FaultModel.Active);
        }
    }

    public override void Recycle()
    {
        _faults = null;
        _response = null;
        _isWaiting = _isActive = false;
    }

    private void OnDelayOver()
    {
        _isWaiting = false;
        if (!TryAbort(Callbacks.RequestHeaders))
        {
            Callbacks.ContinueRequest();
        }
    }

    private bool TryAbort(HeaderMap headers)
    {
        if (_faults!.Abort is not { } abort || !abort.TryDecide(headers, worker.Random.Next(), out var status, out var grpcStatus) || !TryBegin())
        {
            return false;
        }

        stats.Increment(FaultModel.Aborts);
        Callbacks.Info.Flags |= ResponseFlags.FaultInjected;
        SetMetadata();
        Callbacks.SendLocalReply(
            status, "fault filter abort"u8, "fault_filter_abort",
            grpcStatus is { } code && GrpcReply.IsGrpcRequest(headers) ? head => head.Set(KnownHeader.GrpcStatus, code) : null);
        return true;
    }

    // A request counts once, however many faults it meets.
    private bool TryBegin()
    {
        if (_isActive)
        {
            return true;
        }

        if (!active.TryAdd(_faults!.MaxActive))
        {
            stats.Increment(FaultModel.Overflows);
            return false;
        }

        _isActive = true;
        stats.Increment(FaultModel.Active);
        return true;
    }

    private void SetMetadata()
    {
        if (_faults!.Metadata is { } added)
        {
            var metadata = Callbacks.Info.DynamicMetadata;
            var values = metadata.TryGetValue(Namespace, out var present) ? new Dictionary<string, object>(present, StringComparer.Ordinal) : new(StringComparer.Ordinal);
            foreach (var (key, value) in added)
            {
                values[key] = value;
            }

            metadata[Namespace] = values;
        }
    }
}
