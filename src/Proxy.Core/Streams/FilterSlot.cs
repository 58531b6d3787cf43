using Microsoft.Extensions.Logging;
using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>A filter's place in the chain of one stream, and what the filter sees of the stream. Reused with the chain.</summary>
internal sealed class FilterSlot : IHttpFilterCallbacks, IStreamRecreation, IRouteRequests
{
    private readonly HttpFilterChain _chain;
    private readonly int _index;
    private readonly int _responsePlace;
    private Func<Worker, HttpFilter>? _create;

    public FilterSlot(HttpFilterChain chain, int index, int responsePlace)
    {
        _chain = chain;
        _index = index;
        _responsePlace = responsePlace;
    }

    /// <summary>The filter; null before its first stream, and between streams unless it is reusable.</summary>
    public HttpFilter? Filter { get; private set; }

    /// <summary>True when the filter takes part in this stream.</summary>
    public bool IsActive { get; private set; }

    public Worker Worker => _chain.Worker;

    public Connection Connection => _chain.Owner.Connection;

    public ILogger Logger => _chain.Model.Logger;

    public StreamInfo Info => _chain.Owner.Info;

    public long StreamId => _chain.Owner.StreamId;

    public HeaderMap RequestHeaders => _chain.Owner.RequestHeaders;

    public HeaderMap? ResponseHeaders => _chain.ResponseHeaders;

    public Route? Route => _chain.Owner.Route;

    public object? RouteConfig => RouteConfigs is [var first, ..] ? first : null;

    public IReadOnlyList<object> RouteConfigs => _chain.Model.RouteConfigs(_chain.Owner.Route, _index);

    public ByteQueue? BufferedRequest => _chain.Request.HeldAt(_index);

    public ByteQueue? BufferedResponse => _chain.Response.HeldAt(_responsePlace);

    public long BufferLimit
    {
        get => _chain.BufferLimit;
        set => _chain.BufferLimit = value;
    }

    // A filter that is kept from the last stream was perhaps made from another configuration than holds now.
    public void Activate(Func<Worker, HttpFilter> create)
    {
        if (Filter is null || _create != create)
        {
            _create = create;
            Filter = create(_chain.Worker);
            Filter.Attach(this);
        }

        IsActive = true;
    }

    public void Deactivate()
    {
        if (!IsActive)
        {
            return;
        }

        IsActive = false;
        if (Filter!.IsReusable)
        {
            Filter.Recycle();
        }
        else
        {
            Filter = null;
        }
    }

    public void ClearRouteCache() => _chain.Owner.ClearRouteCache();

    public void ContinueRequest() => _chain.Request.Continue(_index);

    public void ContinueResponse() => _chain.Response.Continue(_responsePlace);

    public void InjectRequestData(ReadOnlySpan<byte> data, bool endStream) => _chain.Request.Inject(_index, data, endStream);

    public void InjectResponseData(ReadOnlySpan<byte> data, bool endStream) => _chain.Response.Inject(_responsePlace, data, endStream);

    public void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders = null)
    {
        _chain.SendLocalReply(status, body, details, modifyHeaders);
    }

    public void ResetStream(StreamResetReason reason, string details)
    {
        if (!_chain.IsOver)
        {
            _chain.Owner.Reset(reason, details);
        }
    }

    public void RecreateStream(HeaderMap answer, ByteQueue body)
    {
        if (!_chain.IsOver)
        {
            _chain.Owner.Recreate(answer, body);
        }
    }

    public bool TryRequestRoute(Action done) => !_chain.IsOver && _chain.Owner.TryRequestRoute(done);

    public void RefreshRoute()
    {
        if (!_chain.IsOver)
        {
            _chain.Owner.RefreshRoute();
        }
    }

    public void SendInformational(HeaderMap headers)
    {
        if (!_chain.IsAnsweredLocally)
        {
            _chain.Response.PassInformational(_responsePlace + 1, headers);
        }
    }

    public void SendHeaders(HeaderMap headers, bool endStream)
    {
        if (!_chain.IsAnsweredLocally)
        {
            _chain.Response.BeginHeaders(_responsePlace + 1, headers, endStream);
        }
    }

    public void SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (!_chain.IsAnsweredLocally)
        {
            _chain.Response.BeginData(_responsePlace + 1, data, endStream);
        }
    }

    public void SendTrailers(HeaderMap trailers)
    {
        if (!_chain.IsAnsweredLocally)
        {
            _chain.Response.BeginTrailers(_responsePlace + 1, trailers);
        }
    }

    public void RequestReadDisable(bool disable)
    {
        if (!_chain.IsOver)
        {
            _chain.Owner.PauseRequest(disable);
        }
    }

    public void ResponseReadDisable(bool disable)
    {
        if (!_chain.IsOver)
        {
            _chain.Response.PauseProducer(disable);
        }
    }
}
