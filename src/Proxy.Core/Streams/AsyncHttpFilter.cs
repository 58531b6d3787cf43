using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using Proxy.Http;

namespace Proxy.Streams;

/// <summary>
/// A filter written as middleware: it may wait for things, answer by itself, or let the request go on and look at the response.
/// </summary>
/// <remarks>
/// <para>The request waits until <c>next</c> is called, the response until <see cref="InvokeAsync"/> has completed (unless it did before the response
/// came). Bodies are paused meanwhile, not dropped. Awaits come back to the stream's worker, so no locks are needed; waiting without <c>await</c> would
/// stop everything on that worker.</para>
/// <para>An exception is logged and answered with 500, or ends the stream when the response has begun. A filter that neither answers nor calls
/// <c>next</c> is a fault of that kind too. One instance serves one stream and costs a few allocations; filters on every request's path derive from
/// <see cref="HttpFilter"/>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing that needs disposal, and a late continuation may still use it.")]
public abstract class AsyncHttpFilter : HttpFilter, IValueTaskSource
{
    private readonly CancellationTokenSource _streamEnded = new();
    private ManualResetValueTaskSourceCore<bool> _response;
    private HttpStreamContext? _context;
    private bool _nextCalled;
    private bool _responseCame;
    private bool _completed;
    private bool _over;

    /// <summary>Handles one request.</summary>
    /// <param name="context">The request, and later the response.</param>
    /// <param name="next">Lets the request go on.</param>
    /// <param name="cancellationToken">Cancelled when the stream ends.</param>
    protected abstract ValueTask InvokeAsync(HttpStreamContext context, HttpFilterDelegate next, CancellationToken cancellationToken);

    /// <inheritdoc />
    public sealed override bool IsReusable => false;

    /// <inheritdoc />
    public sealed override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        _context = new HttpStreamContext(Callbacks);
        if (endStream)
        {
            _context.CompleteRequest();
        }

        Run(_context);
        return _nextCalled ? HeadersStatus.Continue : HeadersStatus.StopIteration;
    }

    /// <inheritdoc />
    public sealed override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (_nextCalled)
        {
            return DataStatus.Continue;
        }

        // The last piece is held before whoever waits for the body is told: what they find must be all of it.
        if (chunk.EndStream)
        {
            CompleteRequestSoon();
        }

        return _context!.WantsBody ? DataStatus.StopAndBuffer : DataStatus.StopAndWatermark;
    }

    /// <inheritdoc />
    public sealed override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (!_nextCalled)
        {
            CompleteRequestSoon();
        }

        return _nextCalled ? TrailersStatus.Continue : TrailersStatus.StopIteration;
    }

    /// <inheritdoc />
    public sealed override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        if (_context is null || _completed || _context.HasReplied || _responseCame)
        {
            return HeadersStatus.Continue;
        }

        _responseCame = true;
        _response.SetResult(true);
        return _completed ? HeadersStatus.Continue : HeadersStatus.StopAllAndWatermark;
    }

    /// <inheritdoc />
    public sealed override void OnStreamComplete()
    {
        _over = true;
        _streamEnded.Cancel();
        if (_context is null || _completed)
        {
            return;
        }

        var reason = new OperationCanceledException("The stream has ended.", _streamEnded.Token);
        _context.Cancel(reason);
        if (_nextCalled && !_responseCame)
        {
            _responseCame = true;
            _response.SetException(reason);
        }
    }

    void IValueTaskSource.GetResult(short token) => _response.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _response.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _response.OnCompleted(continuation, state, token, flags);
    }

    private void Run(HttpStreamContext context)
    {
        var task = RunAsync(context);
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult(); // it handles its own exceptions
        }
        else
        {
            _ = task.AsTask();
        }
    }

    private async ValueTask RunAsync(HttpStreamContext context)
    {
        try
        {
            await InvokeAsync(context, Next, _streamEnded.Token).ConfigureAwait(true);
            _completed = true;
            Finish(context);
        }
        catch (OperationCanceledException) when (_over || context.HasReplied)
        {
            _completed = true;
        }
#pragma warning disable CA1031 // whatever a filter throws must end its request only
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _completed = true;
            Fail(context, exception);
        }
    }

    private ValueTask Next()
    {
        if (_nextCalled || _context!.HasReplied)
        {
            throw new InvalidOperationException("The request has gone on, or was answered, already.");
        }

        _nextCalled = true;
        if (!_over)
        {
            Callbacks.ContinueRequest();
        }

        return new ValueTask(this, _response.Version);
    }

    private void Finish(HttpStreamContext context)
    {
        if (_over || context.HasReplied)
        {
            return;
        }

        if (!_nextCalled)
        {
            Fail(context, new InvalidOperationException($"{GetType().Name} neither answered the request nor called next."));
        }
        else if (_responseCame)
        {
            Callbacks.ContinueResponse();
        }
    }

    private void Fail(HttpStreamContext context, Exception exception)
    {
        AsyncHttpFilterLog.Failed(Callbacks.Logger, exception, GetType().Name);
        if (!_over)
        {
            context.Reply(500, "Internal Server Error", "async_filter_failed");
        }
    }

    private void CompleteRequestSoon()
    {
        var context = _context!;
        Callbacks.Worker.Defer(new RequestCompletion(context));
    }

    private sealed class RequestCompletion(HttpStreamContext context) : Workers.IDeferred
    {
        public void Run() => context.CompleteRequest();
    }
}
