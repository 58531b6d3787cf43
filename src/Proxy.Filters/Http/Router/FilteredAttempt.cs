using Proxy.Buffers;
using Proxy.Clusters;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>
/// An attempt through HTTP filters: the head passes them as soon as the attempt starts and waits behind them for the connection. Rented from
/// <see cref="RouterWorker"/>; serves one attempt at a time.
/// </summary>
/// <remarks>What the filters make of the head stays with it: the next attempt begins with what they left, as in Envoy.</remarks>
internal sealed partial class FilteredAttempt : UpstreamAttempt, IDeferred
{
    private readonly HttpFilterChain _chain;
    private readonly HttpAttempt _http;
    private readonly ByteQueue _early; // body of the filters' own making that waits for the connection
    private UpstreamAttempt _inner;
    private bool _earlyEnd;
    private bool _passed; // the head is through the filters
    private bool _passedEnd;
    private bool _released; // the connection is there, and the owner has sent the head
    private bool _sent; // the head is on the connection
    private bool _readDisabled;
    private bool _completing; // the filters are yet to be told that it is over

    public FilteredAttempt(HttpFilterChainModel model, Worker worker)
        : base(null!)
    {
        _chain = new HttpFilterChain(model, this, worker);
        _early = new ByteQueue(worker.Buffers);
        _inner = _http = new HttpAttempt(this);
    }

    /// <summary>The filters it goes through.</summary>
    public HttpFilterChainModel Filters => _chain.Model;

    /// <summary>A CONNECT that ends at this proxy.</summary>
    public bool IsTunnel => _inner is TcpAttempt;

    public override HeaderMap? Answer => _inner.Answer;

    public override bool IsReady => _released && _inner.IsReady;

    public override long BytesReceived => _inner.BytesReceived;

    /// <summary>Whom the next attempt is for.</summary>
    public FilteredAttempt For(IUpstreamOwner owner, bool isTunnel)
    {
        Owner = owner;
        _inner = isTunnel ? new TcpAttempt(this) : _http;
        return this;
    }

    public override void Claim() => _inner.Claim();

    public override void SendHeaders(HeaderMap headers, bool endStream)
    {
        _released = true;
        SendHeadIfReady();
    }

    public override void SendData(ReadOnlySpan<byte> data, bool endStream) => _chain.OnRequestData(data, endStream);

    public override void SendTrailers(HeaderMap trailers) => _chain.OnRequestTrailers(trailers);

    public override void ReadDisable(bool disable)
    {
        if (_readDisabled != disable)
        {
            _readDisabled = disable;
            _chain.OnClientWatermark(disable);
        }
    }

    public override void Cancel()
    {
        _inner.Cancel();
        End();
    }

    /// <summary>Forgets the request and tells the filters, if they do not know yet. Not from inside an event of the attempt.</summary>
    public override void Recycle()
    {
        Complete();
        _chain.Recycle();
        _inner.Recycle();
        _early.Clear();
        base.Recycle();
        Owner = null!;
        _inner = _http;
        _earlyEnd = _passed = _passedEnd = _released = _sent = _readDisabled = _answerEnded = false;
        _requestPauses = 0;
    }

    // Later: the event that ends it may still run in a filter.
    void IDeferred.Run() => Complete();

    protected override void OnStart(Host host, RequestPriority priority)
    {
        _chain.BufferLimit = Owner.BufferLimit;
        _chain.Start(Owner.Stream?.Route);
        _chain.OnRequestHeaders(Owner.Request, Owner.IsHeadOnly);
        if (IsActive)
        {
            _inner.Begin(Cluster, host, priority, Info);
        }
    }

    private void SendHeadIfReady()
    {
        if (!_passed || !_released || _sent)
        {
            return;
        }

        _sent = true;
        _inner.SendHeaders(Owner.Request, _passedEnd);
        while (!_early.IsEmpty && _inner.IsReady)
        {
            var piece = _early.First;
            _inner.SendData(piece, _earlyEnd && piece.Length == _early.Length);
            _early.Consume(Math.Min(piece.Length, _early.Length));
        }
    }

    private void End()
    {
        if (!IsActive)
        {
            return;
        }

        IsActive = false;
        _chain.End();
        ResumeRequest();
        _completing = true;
        _chain.Worker.Defer(this);
    }

    private void Complete()
    {
        if (_completing)
        {
            _completing = false;
            _chain.Complete();
        }
    }
}
