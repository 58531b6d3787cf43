using System.Diagnostics.CodeAnalysis;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>The filters of one stream at work. Reused by one stream after the other on its worker.</summary>
internal sealed class HttpFilterChain
{
    private readonly HeaderMap _localHeaders = new();

    public HttpFilterChain(HttpFilterChainModel model, IFilterChainOwner owner, Worker worker)
    {
        Model = model;
        Owner = owner;
        Worker = worker;
        var count = model.Count;
        Slots = new FilterSlot[count];
        Request = new RequestPath(this, count);
        Response = new ResponsePath(this, count);
        for (var i = 0; i < count; i++)
        {
            Slots[i] = new FilterSlot(this, i, Response.PlaceOf(i));
        }
    }

    public HttpFilterChainModel Model { get; }

    public IFilterChainOwner Owner { get; }

    public Worker Worker { get; }

    public FilterSlot[] Slots { get; }

    public RequestPath Request { get; }

    public ResponsePath Response { get; }

    /// <summary>Bytes that may be held in one direction.</summary>
    public long BufferLimit { get; set; }

    /// <summary>True once the stream has ended; nothing calls filters any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True once a local reply has taken the place of whatever the terminal filter sends.</summary>
    public bool IsAnsweredLocally { get; private set; }

    /// <summary>True between <see cref="Start"/> and <see cref="Recycle"/>.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The response's head; null until it begins.</summary>
    public HeaderMap? ResponseHeaders => IsAnsweredLocally ? _localHeaders : Response.Headers;

    /// <summary>Gets the filters ready that run for <paramref name="route"/>.</summary>
    public void Start(Route? route)
    {
        IsStarted = true;
        for (var i = 0; i < Slots.Length; i++)
        {
            if (Model.IsEnabled(route, i))
            {
                Slots[i].Activate(Model.FactoryOf(i));
            }
        }

        if (Response.IsPaused)
        {
            TellWatermark(above: true);
        }
    }

    public void OnRequestHeaders(HeaderMap headers, bool endStream) => Request.BeginHeaders(0, headers, endStream);

    public void OnRequestData(ReadOnlySpan<byte> data, bool endStream) => Request.BeginData(0, data, endStream);

    public void OnRequestTrailers(HeaderMap trailers) => Request.BeginTrailers(0, trailers);

    /// <summary>The client takes the response too slowly, or has caught up.</summary>
    public void OnClientWatermark(bool above)
    {
        if (!IsOver)
        {
            Response.PauseProducer(above);
        }
    }

    public void TellWatermark(bool above)
    {
        Owner.PauseResponse(above);
        foreach (var slot in Slots)
        {
            if (!slot.IsActive)
            {
                continue;
            }

            if (above)
            {
                slot.Filter!.OnResponseAboveHighWatermark();
            }
            else
            {
                slot.Filter!.OnResponseBelowLowWatermark();
            }
        }
    }

    /// <summary>Answers in place of the terminal filter. A reply to a response that a filter holds goes straight to the client; one that has begun is reset.</summary>
    public void SendLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders)
    {
        if (IsOver || Owner.TakeLocalReply(status, body, details, modifyHeaders))
        {
            return;
        }

        if (Response.IsHeadSent)
        {
            Owner.Reset(StreamResetReason.LocalReset, details);
            return;
        }

        var held = ResponseHeaders is not null;
        Request.Abort();
        IsAnsweredLocally = true;
        Owner.Info.ResponseCodeDetails = details;
        var text = PrepareReply(status, body, modifyHeaders);
        if (held || !IsStarted)
        {
            Response.Abort();
            Response.SinkDirectly(_localHeaders, text);
        }
        else
        {
            PassReply(text);
        }
    }

    /// <summary>The stream has ended: filters hear of nothing more but that.</summary>
    public void End() => IsOver = true;

    /// <summary>A filter has thrown: its stream is answered with 500, or cut when the response has begun.</summary>
    public void OnFilterFailed(Exception exception)
    {
        FilterChainLog.Failed(Model.Logger, exception);
        Request.Abort();
        Response.Abort();
        if (IsOver || Owner.TakeLocalReply(500, "Internal Server Error"u8, "filter_exception", null))
        {
            return;
        }

        if (Response.IsHeadSent)
        {
            Owner.Reset(StreamResetReason.LocalReset, "filter_exception");
            return;
        }

        IsAnsweredLocally = true;
        Owner.Info.ResponseCodeDetails = "filter_exception";
        Response.SinkDirectly(_localHeaders, PrepareReply(500, "Internal Server Error"u8, null));
    }

    /// <summary>Tells the filters that the stream is complete.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "One filter's fault must not keep the others from letting go of what they hold.")]
    public void Complete()
    {
        foreach (var slot in Slots)
        {
            if (!slot.IsActive)
            {
                continue;
            }

            try
            {
                slot.Filter!.OnStreamComplete();
            }
            catch (Exception exception)
            {
                FilterChainLog.Failed(Model.Logger, exception);
            }
        }
    }

    /// <summary>Gets ready for the next stream.</summary>
    public void Recycle()
    {
        foreach (var slot in Slots)
        {
            slot.Deactivate();
        }

        Request.Reset();
        Response.Reset();
        _localHeaders.Clear();
        IsOver = IsAnsweredLocally = IsStarted = false;
    }

    private ReadOnlySpan<byte> PrepareReply(int status, ReadOnlySpan<byte> body, Action<HeaderMap>? modifyHeaders)
    {
        var headers = _localHeaders;
        headers.Clear();
        headers.Set(KnownHeader.Status, status);
        EditReply(headers);
        modifyHeaders?.Invoke(headers);
        body = Owner.FormatLocalReply(headers, body, out var contentType);
        if (GrpcReply.IsGrpcRequest(Owner.RequestHeaders))
        {
            GrpcReply.Convert(headers, body);
            return default;
        }

        if (body.IsEmpty)
        {
            headers.Remove(KnownHeader.ContentLength);
            headers.Remove(KnownHeader.ContentType);
            return default;
        }

        headers.Set(KnownHeader.ContentLength, body.Length);
        if (contentType is not null || !headers.Contains(KnownHeader.ContentType))
        {
            headers.Set(KnownHeader.ContentType, contentType ?? "text/plain"u8);
        }

        return Owner.RequestHeaders.Get(KnownHeader.Method).SequenceEqual("HEAD"u8) ? default : body;
    }

    // A route that forwards edits replies in place of its upstream's too; the others' are edited by the router.
    private void EditReply(HeaderMap headers)
    {
        if (IsStarted && Owner.Route is { Action: ForwardAction } route)
        {
            route.ResponseEdits.Apply(headers, new AccessLogEntry { Worker = Worker, Info = Owner.Info, RequestHeaders = Owner.RequestHeaders, ResponseHeaders = headers });
        }
    }

    // As in Envoy, filters behind the one that replied take part too, although they have not seen the request.
    private void PassReply(ReadOnlySpan<byte> body)
    {
        Response.BeginHeaders(0, _localHeaders, body.IsEmpty);
        if (!body.IsEmpty)
        {
            Response.BeginData(0, body, endStream: true);
        }
    }
}
