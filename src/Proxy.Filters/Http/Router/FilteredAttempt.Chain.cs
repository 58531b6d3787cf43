using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

// Out of the filters: the request to the upstream, the answer to the owner.
internal sealed partial class FilteredAttempt : IFilterChainOwner
{
    private int _requestPauses; // by filters that are full

    Worker IFilterChainOwner.Worker => _chain.Worker;

    Connection IFilterChainOwner.Connection => Owner.Stream?.Connection ?? throw new InvalidOperationException("A copy of a request has no client.");

    StreamInfo IFilterChainOwner.Info => Info;

    long IFilterChainOwner.StreamId => Owner.Stream?.StreamId ?? 0;

    HeaderMap IFilterChainOwner.RequestHeaders => Owner.Request;

    Route? IFilterChainOwner.Route => Owner.Stream?.Route;

    // The route was followed to get here.
    void IFilterChainOwner.ClearRouteCache()
    {
    }

    bool IFilterChainOwner.TryRequestRoute(Action done) => false;

    void IFilterChainOwner.RefreshRoute()
    {
    }

    void IFilterChainOwner.PauseRequest(bool pause)
    {
        _requestPauses += pause ? 1 : -1;
        Owner.OnWatermark(this, pause);
    }

    void IFilterChainOwner.PauseResponse(bool pause) => _inner.ReadDisable(pause);

    void IFilterChainOwner.ForwardHeaders(HeaderMap headers, bool endStream)
    {
        _passed = true;
        _passedEnd = endStream;
        SendHeadIfReady();
    }

    void IFilterChainOwner.ForwardData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (!_sent)
        {
            _early.Append(data);
            _earlyEnd |= endStream;
        }
        else if (_inner.IsReady)
        {
            _inner.SendData(data, endStream);
            EndIfBothEnded();
        }
    }

    void IFilterChainOwner.ForwardTrailers(HeaderMap trailers)
    {
        if (_inner.IsReady)
        {
            _inner.SendTrailers(trailers);
            EndIfBothEnded();
        }
    }

    void IFilterChainOwner.SendInformational(HeaderMap headers) => Owner.OnInformational(this, headers);

    void IFilterChainOwner.SendHeaders(HeaderMap headers, bool endStream)
    {
        EndAnswerIf(endStream);
        Owner.OnHeaders(this, headers, endStream);
    }

    void IFilterChainOwner.SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        EndAnswerIf(endStream);
        Owner.OnData(this, data, endStream);
    }

    void IFilterChainOwner.SendTrailers(HeaderMap trailers)
    {
        EndAnswerIf(true);
        Owner.OnTrailers(this, trailers);
    }

    bool IFilterChainOwner.TakeLocalReply(int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders)
    {
        Cancel();
        Owner.OnLocalReply(this, status, body, details, modifyHeaders);
        return true;
    }

    // What a filter wants ended is ended, and no other attempt made.
    void IFilterChainOwner.Reset(StreamResetReason reason, string details)
    {
        Cancel();
        if (Owner.Stream is { } stream)
        {
            stream.ResetStream(reason, details);
        }
        else
        {
            Owner.OnReset(this, reason, details);
        }
    }

    void IFilterChainOwner.Recreate(HeaderMap answer, ByteQueue body) => throw new NotSupportedException("Only the stream itself can be sent through its filters again.");

    ReadOnlySpan<byte> IFilterChainOwner.FormatLocalReply(HeaderMap headers, ReadOnlySpan<byte> body, out byte[]? contentType)
    {
        contentType = null;
        return body; // the stream makes the replies
    }

    void IFilterChainOwner.OnRequestTooLarge()
    {
    }

    void IFilterChainOwner.OnResponseTooLarge()
    {
    }

    // A tunnel whose answer has ended may still be sent to.
    private void EndAnswerIf(bool endStream)
    {
        _answerEnded |= endStream;
        EndIfBothEnded();
    }

    private void EndIfBothEnded()
    {
        if (_answerEnded && !_inner.IsActive)
        {
            End();
        }
    }

    private void ResumeRequest()
    {
        for (; _requestPauses > 0; _requestPauses--)
        {
            Owner.OnWatermark(this, above: false);
        }
    }
}
