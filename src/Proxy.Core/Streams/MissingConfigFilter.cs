using Proxy.Http;

namespace Proxy.Streams;

/// <summary>Stands in for a filter whose configuration has not come: refuses requests.</summary>
internal sealed class MissingConfigFilter : HttpFilter
{
    private const int InternalServerError = 500;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Callbacks.Info.Flags |= ResponseFlags.NoFilterConfigFound;
        Callbacks.SendLocalReply(InternalServerError, [], "");
        return HeadersStatus.StopIteration;
    }
}
