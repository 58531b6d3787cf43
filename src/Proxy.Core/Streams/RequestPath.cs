using Proxy.Http;

namespace Proxy.Streams;

/// <summary>The request on its way to the terminal filter, in the order configured, or to whatever stands behind the filters.</summary>
internal sealed class RequestPath : FilterPath
{
    public RequestPath(HttpFilterChain chain, int count)
        : base(chain, count)
    {
    }

    protected override bool IsActive(int place) => Chain.Slots[place].IsActive;

    protected override HeadersStatus CallHeaders(int place, HeaderMap headers, bool endStream) => Chain.Slots[place].Filter!.OnRequestHeaders(headers, endStream);

    protected override DataStatus CallData(int place, ref BodyChunk chunk) => Chain.Slots[place].Filter!.OnRequestData(ref chunk);

    protected override TrailersStatus CallTrailers(int place, HeaderMap trailers) => Chain.Slots[place].Filter!.OnRequestTrailers(trailers);

    protected override void SinkHeaders(HeaderMap headers, bool endStream) => Chain.Owner.ForwardHeaders(headers, endStream);

    protected override void SinkData(ReadOnlySpan<byte> bytes, bool endStream) => Chain.Owner.ForwardData(bytes, endStream);

    protected override void SinkTrailers(HeaderMap trailers) => Chain.Owner.ForwardTrailers(trailers);

    protected override void PauseSource(bool pause) => Chain.Owner.PauseRequest(pause);

    protected override void OnTooLarge()
    {
        Chain.Owner.OnRequestTooLarge();
        Chain.SendLocalReply(413, "Payload Too Large"u8, "request_payload_too_large", null);
    }
}
