using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Http.Router;

// From the upstream into the filters.
internal sealed partial class FilteredAttempt : IUpstreamOwner
{
    private bool _answerEnded;

    HeaderMap IUpstreamOwner.Request => Owner.Request;

    bool IUpstreamOwner.IsHeadOnly => Owner.IsHeadOnly;

    long IUpstreamOwner.BufferLimit => Owner.BufferLimit;

    IHttpFilterCallbacks? IUpstreamOwner.Stream => Owner.Stream;

    void IUpstreamOwner.OnReady(UpstreamAttempt attempt)
    {
        IsReused = attempt.IsReused;
        Owner.OnReady(this);
    }

    void IUpstreamOwner.OnMaxDuration(UpstreamAttempt attempt)
    {
        // Never: the limit is of the whole attempt, its filters included.
    }

    void IUpstreamOwner.OnInformational(UpstreamAttempt attempt, HeaderMap headers) => _chain.Response.PassInformational(0, headers);

    void IUpstreamOwner.OnHeaders(UpstreamAttempt attempt, HeaderMap headers, bool endStream) => _chain.Response.BeginHeaders(0, headers, endStream);

    void IUpstreamOwner.OnData(UpstreamAttempt attempt, ReadOnlySpan<byte> data, bool endStream) => _chain.Response.BeginData(0, data, endStream);

    void IUpstreamOwner.OnTrailers(UpstreamAttempt attempt, HeaderMap trailers) => _chain.Response.BeginTrailers(0, trailers);

    void IUpstreamOwner.OnReset(UpstreamAttempt attempt, StreamResetReason reason, string transport)
    {
        if (IsActive)
        {
            End();
            Owner.OnReset(this, reason, transport);
        }
    }

    void IUpstreamOwner.OnWatermark(UpstreamAttempt attempt, bool above) => Owner.OnWatermark(this, above);

    // Only filters reply, and those are here.
    void IUpstreamOwner.OnLocalReply(UpstreamAttempt attempt, int status, ReadOnlySpan<byte> body, string details, Action<HeaderMap>? modifyHeaders)
    {
    }
}
