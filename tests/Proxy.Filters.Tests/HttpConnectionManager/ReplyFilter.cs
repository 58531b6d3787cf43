using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>A terminal filter that answers when the request is complete, or by hand; keeps what it saw.</summary>
internal sealed class ReplyFilter : HttpFilter
{
    private readonly HeaderMap _response = new();
    private readonly HeaderMap _trailers = new();

    public override bool IsReusable => true;

    public string Body { get; set; } = "ok";

    public bool Manual { get; set; }

    public StringBuilder Received { get; } = new();

    public bool EndSeen { get; private set; }

    public List<string> Events { get; } = [];

    public IHttpFilterCallbacks Stream => Callbacks;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Events.Add("headers" + (endStream ? " end" : ""));
        if (endStream)
        {
            OnEnd();
        }

        return HeadersStatus.StopIteration;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        Received.Append(Encoding.Latin1.GetString(chunk.Bytes));
        Events.Add($"data {chunk.Bytes.Length}" + (chunk.EndStream ? " end" : ""));
        if (chunk.EndStream)
        {
            OnEnd();
        }

        return DataStatus.StopNoBuffer;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Events.Add("trailers");
        OnEnd();
        return TrailersStatus.StopIteration;
    }

    public override void OnResponseAboveHighWatermark() => Events.Add("high");

    public override void OnResponseBelowLowWatermark() => Events.Add("low");

    public override void OnStreamComplete() => Events.Add("complete");

    public override void Recycle()
    {
        EndSeen = false;
        Received.Clear();
        Events.Add("recycle");
    }

    public void Reply() => Reply(200, Body);

    public void Reply(int status, string body, bool endStream = true)
    {
        ReplyHead(status, body.Length, body.Length == 0 && endStream);
        if (body.Length > 0)
        {
            Callbacks.SendData(Encoding.Latin1.GetBytes(body), endStream);
        }
    }

    public void ReplyHead(int status, int? length, bool endStream = false, Action<HeaderMap>? more = null)
    {
        _response.Clear();
        _response.Set(KnownHeader.Status, status);
        if (length is { } count)
        {
            _response.Set(KnownHeader.ContentLength, count);
        }

        more?.Invoke(_response);
        Callbacks.SendHeaders(_response, endStream);
    }

    public void SendTrailers(string name, string value)
    {
        _trailers.Clear();
        _trailers.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        Callbacks.SendTrailers(_trailers);
    }

    private void OnEnd()
    {
        EndSeen = true;
        if (!Manual)
        {
            Reply();
        }
    }
}
