using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Core.Tests.Streams;

/// <summary>A filter that writes down its calls and answers each with what the test wants; continues by default.</summary>
internal sealed class ScriptedFilter(string name, List<string> events) : HttpFilter
{
    public IHttpFilterCallbacks Stream => Callbacks;

    public Func<bool, HeadersStatus>? RequestHeaders { get; set; }

    public Func<string, bool, DataStatus>? RequestData { get; set; }

    public Func<TrailersStatus>? RequestTrailers { get; set; }

    public Func<bool, HeadersStatus>? ResponseHeaders { get; set; }

    public Func<string, bool, DataStatus>? ResponseData { get; set; }

    public Func<TrailersStatus>? ResponseTrailers { get; set; }

    /// <summary>Puts other bytes in the place of a chunk.</summary>
    public byte[]? Replacement { get; set; }

    public bool Reusable { get; init; }

    public override bool IsReusable => Reusable;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Note("headers", endStream);
        return RequestHeaders?.Invoke(endStream) ?? HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        var text = Encoding.ASCII.GetString(chunk.Bytes);
        Note($"'{text}'", chunk.EndStream);
        if (Replacement is not null)
        {
            chunk.Bytes = Replacement;
        }

        return RequestData?.Invoke(text, chunk.EndStream) ?? DataStatus.Continue;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Note("trailers", false);
        return RequestTrailers?.Invoke() ?? TrailersStatus.Continue;
    }

    public override HeadersStatus OnResponseInformational(HeaderMap headers)
    {
        Note("<1xx", false);
        return HeadersStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        Note("<headers", endStream);
        return ResponseHeaders?.Invoke(endStream) ?? HeadersStatus.Continue;
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        var text = Encoding.ASCII.GetString(chunk.Bytes);
        Note($"<'{text}'", chunk.EndStream);
        return ResponseData?.Invoke(text, chunk.EndStream) ?? DataStatus.Continue;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        Note("<trailers", false);
        return ResponseTrailers?.Invoke() ?? TrailersStatus.Continue;
    }

    public override void OnResponseAboveHighWatermark() => Note("<high", false);

    public override void OnResponseBelowLowWatermark() => Note("<low", false);

    public override void OnStreamComplete() => Note("complete", false);

    public override void Recycle() => Note("recycle", false);

    private void Note(string what, bool end) => events.Add($"{name}: {what}{(end ? " end" : "")}");
}
