using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Fault;

/// <summary>Delays and fails requests on purpose (Envoy <c>fault.v3.HTTPFault</c>).</summary>
internal sealed class FaultFilter(FaultModel model, StatShard stats, Worker worker) : HttpFilter
{
    private FaultModel? _faults; // of the stream
    private WorkerTimer? _delay;
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

        if (_faults.IsDelayed(worker.Random.Next()))
        {
            stats.Increment(FaultModel.Delays);
            Callbacks.Info.Flags |= ResponseFlags.DelayInjected;
            Begin();
            _isWaiting = true;
            _delay ??= worker.CreateTimer(static self => ((FaultFilter)self!).OnDelayOver(), this);
            _delay.Arm(_faults.DelayMilliseconds);
            return HeadersStatus.StopIteration;
        }

        return Abort() ? HeadersStatus.StopIteration : HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk) => _isWaiting ? DataStatus.StopAndBuffer : DataStatus.Continue;

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers) => _isWaiting ? TrailersStatus.StopIteration : TrailersStatus.Continue;

    public override void OnStreamComplete()
    {
        _delay?.Cancel();
        if (_isActive)
        {
            stats.Decrement(FaultModel.Active);
        }
    }

    public override void Recycle()
    {
        _faults = null;
        _isWaiting = _isActive = false;
    }

    private void OnDelayOver()
    {
        _isWaiting = false;
        if (!Abort())
        {
            Callbacks.ContinueRequest();
        }
    }

    private bool Abort()
    {
        if (!_faults!.IsAborted(worker.Random.Next()))
        {
            return false;
        }

        stats.Increment(FaultModel.Aborts);
        Callbacks.Info.Flags |= ResponseFlags.FaultInjected;
        Begin();
        Callbacks.SendLocalReply(_faults.AbortStatus, "fault filter abort"u8, "fault_filter_abort");
        return true;
    }

    private void Begin()
    {
        if (!_isActive)
        {
            _isActive = true;
            stats.Increment(FaultModel.Active);
        }
    }
}
