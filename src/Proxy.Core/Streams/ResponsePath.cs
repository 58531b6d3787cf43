using Proxy.Http;

namespace Proxy.Streams;

/// <summary>The response on its way to the client: the filters in the opposite order, then the codec.</summary>
internal sealed class ResponsePath : FilterPath
{
    private readonly int _count;
    private int _pauses;

    public ResponsePath(HttpFilterChain chain, int count)
        : base(chain, count)
    {
        _count = count;
    }

    /// <summary>True once the head has gone to the codec.</summary>
    public bool IsHeadSent { get; private set; }

    /// <summary>True while whoever makes the response should wait.</summary>
    public bool IsPaused => _pauses > 0;

    /// <summary>The place of the filter in slot <paramref name="slot"/>.</summary>
    public int PlaceOf(int slot) => _count - 1 - slot;

    /// <summary>An interim response on its way out; a filter that stops it drops it.</summary>
    public void PassInformational(int place, HeaderMap headers)
    {
        for (; place < _count && !IsAborted; place++)
        {
            if (IsActive(place) && SlotAt(place).Filter!.OnResponseInformational(headers) != HeadersStatus.Continue)
            {
                return;
            }
        }

        if (!IsAborted && !IsHeadSent)
        {
            Chain.Owner.SendInformational(headers);
        }
    }

    /// <summary>Stops or resumes whoever makes the response; counted, because the client and a full filter may both ask for it.</summary>
    public void PauseProducer(bool pause)
    {
        _pauses += pause ? 1 : -1;
        if (_pauses == (pause ? 1 : 0))
        {
            Chain.TellWatermark(pause);
        }
    }

    /// <summary>Sends a local reply to the codec past all filters.</summary>
    public void SinkDirectly(HeaderMap headers, ReadOnlySpan<byte> body)
    {
        IsHeadSent = true;
        Chain.Owner.SendHeaders(headers, body.IsEmpty);
        if (!body.IsEmpty && !Chain.IsOver)
        {
            Chain.Owner.SendData(body, endStream: true);
        }
    }

    public override void Reset()
    {
        base.Reset();
        IsHeadSent = false;
        _pauses = 0;
    }

    protected override bool IsActive(int place) => SlotAt(place).IsActive;

    protected override HeadersStatus CallHeaders(int place, HeaderMap headers, bool endStream) => SlotAt(place).Filter!.OnResponseHeaders(headers, endStream);

    protected override DataStatus CallData(int place, ref BodyChunk chunk) => SlotAt(place).Filter!.OnResponseData(ref chunk);

    protected override TrailersStatus CallTrailers(int place, HeaderMap trailers) => SlotAt(place).Filter!.OnResponseTrailers(trailers);

    protected override void SinkHeaders(HeaderMap headers, bool endStream)
    {
        IsHeadSent = true;
        Chain.Owner.SendHeaders(headers, endStream);
    }

    protected override void SinkData(ReadOnlySpan<byte> bytes, bool endStream) => Chain.Owner.SendData(bytes, endStream);

    protected override void SinkTrailers(HeaderMap trailers) => Chain.Owner.SendTrailers(trailers);

    protected override void PauseSource(bool pause) => PauseProducer(pause);

    protected override void OnTooLarge()
    {
        Chain.Owner.OnResponseTooLarge();
        Chain.SendLocalReply(500, "Internal Server Error"u8, "response_payload_too_large", null);
    }

    private FilterSlot SlotAt(int place) => Chain.Slots[_count - 1 - place];
}
