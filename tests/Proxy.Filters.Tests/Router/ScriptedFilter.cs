using Proxy.Hosting;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Tests.Router;

/// <summary>A filter that writes down what it sees and does what the test says.</summary>
public sealed class ScriptedFilter : HttpFilter, IHttpFilterFactory
{
    private readonly List<string> _events;

    public ScriptedFilter(List<string> events)
    {
        _events = events;
    }

    public Func<IHttpFilterCallbacks, HeaderMap, HeadersStatus> Request { get; set; } = static (_, _) => HeadersStatus.Continue;

    public Func<IHttpFilterCallbacks, HeaderMap, HeadersStatus> Response { get; set; } = static (_, _) => HeadersStatus.Continue;

    public DataStatus RequestData { get; set; }

    public DataStatus ResponseData { get; set; }

    /// <summary>What the last stream can do.</summary>
    public IHttpFilterCallbacks Stream => Last.Callbacks;

    public Type ConfigType => typeof(Settings);

    public bool WorksUpstream { get; init; } = true;

    private ScriptedFilter Last { get; set; } = null!;

    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context) => _ =>
        Last = new ScriptedFilter(_events) { Request = Request, Response = Response, RequestData = RequestData, ResponseData = ResponseData };

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _events.Add(endStream ? "request, end" : "request");
        return Request(Callbacks, headers);
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        _events.Add($"request data {chunk.Bytes.Length}{(chunk.EndStream ? ", end" : "")}");
        return RequestData != DataStatus.Continue && chunk.EndStream ? DataStatus.Continue : RequestData;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        _events.Add(endStream ? "response, end" : "response");
        return Response(Callbacks, headers);
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        _events.Add($"response data {chunk.Bytes.Length}{(chunk.EndStream ? ", end" : "")}");
        return ResponseData != DataStatus.Continue && chunk.EndStream ? DataStatus.Continue : ResponseData;
    }

    public override void OnStreamComplete() => _events.Add("complete");

    public sealed record Settings;
}
