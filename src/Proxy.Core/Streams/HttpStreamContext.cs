using System.Text;
using System.Threading.Tasks.Sources;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Streams;

/// <summary>A request and its response as an <see cref="AsyncHttpFilter"/> sees them. On the stream's worker only, until <c>InvokeAsync</c> has completed.</summary>
public sealed class HttpStreamContext : IValueTaskSource
{
    private readonly IHttpFilterCallbacks _callbacks;
    private ManualResetValueTaskSourceCore<bool> _body;
    private bool _bodyAwaited;

    internal HttpStreamContext(IHttpFilterCallbacks callbacks)
    {
        _callbacks = callbacks;
    }

    /// <summary>The worker that owns the stream: clock, timers, connections.</summary>
    public Worker Worker => _callbacks.Worker;

    /// <summary>The record of the request, for logs and for other filters.</summary>
    public StreamInfo Info => _callbacks.Info;

    /// <summary>The request's head; may be changed until the request goes on.</summary>
    public HeaderMap RequestHeaders => _callbacks.RequestHeaders;

    /// <summary>The response's head; null until it has come. May be changed until <c>InvokeAsync</c> has completed.</summary>
    public HeaderMap? ResponseHeaders => _callbacks.ResponseHeaders;

    /// <summary>The route; null when none matches.</summary>
    public Route? Route => _callbacks.Route;

    /// <summary>This filter's configuration for the route; null when it has none.</summary>
    public object? RouteConfig => _callbacks.RouteConfig;

    /// <summary>Everything else a filter can do.</summary>
    public IHttpFilterCallbacks Callbacks => _callbacks;

    /// <summary>True once the filter has answered the request itself.</summary>
    public bool HasReplied { get; private set; }

    internal bool IsRequestComplete { get; private set; }

    internal bool WantsBody => _bodyAwaited;

    /// <summary>Makes the next use of <see cref="Route"/> resolve it again, after headers were changed.</summary>
    public void ClearRouteCache() => _callbacks.ClearRouteCache();

    /// <summary>
    /// Waits for the whole body of the request and returns a copy of it; the body goes on with the request all the same. Before <c>next</c> only, and
    /// once. A body above <see cref="IHttpFilterCallbacks.BufferLimit"/> is answered with 413 and the wait is cancelled.
    /// </summary>
    /// <exception cref="OperationCanceledException">The stream has ended.</exception>
    public async ValueTask<byte[]> ReadRequestBodyAsync()
    {
        if (!IsRequestComplete)
        {
            _bodyAwaited = true;
            if (_callbacks.BufferedRequest is { } held && held.Length > _callbacks.BufferLimit)
            {
                Reply(413, "Payload Too Large", "request_payload_too_large");
                throw new OperationCanceledException("The request is larger than may be buffered.");
            }

            await new ValueTask(this, _body.Version).ConfigureAwait(true);
        }

        var buffered = _callbacks.BufferedRequest;
        var body = new byte[buffered?.Length ?? 0];
        buffered?.CopyTo(body);
        return body;
    }

    /// <summary>Answers the request from here; see <see cref="IHttpFilterCallbacks.SendLocalReply"/>. The request does not go on.</summary>
    /// <param name="status">Status of the answer.</param>
    /// <param name="body">Text of the body; may be empty.</param>
    /// <param name="details">For <c>%RESPONSE_CODE_DETAILS%</c>.</param>
    /// <param name="modifyHeaders">Changes the head before it is sent; null for nothing.</param>
    public void Reply(int status, string body = "", string details = "async_filter_reply", Action<HeaderMap>? modifyHeaders = null)
    {
        HasReplied = true;
        _callbacks.SendLocalReply(status, Encoding.UTF8.GetBytes(body), details, modifyHeaders);
    }

    void IValueTaskSource.GetResult(short token) => _body.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _body.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _body.OnCompleted(continuation, state, token, flags);
    }

    internal void CompleteRequest()
    {
        if (IsRequestComplete)
        {
            return;
        }

        IsRequestComplete = true;
        if (_bodyAwaited)
        {
            _body.SetResult(true);
        }
    }

    internal void Cancel(OperationCanceledException reason)
    {
        if (_bodyAwaited && !IsRequestComplete)
        {
            IsRequestComplete = true;
            _body.SetException(reason);
        }
    }
}
