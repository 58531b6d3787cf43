using System.Text;
using Proxy.Http;
using Proxy.Routing.Matching;
using Proxy.Streams;

namespace Proxy.Filters.Admin;

/// <summary>Answers the requests of the admin listener, once they are complete; bodies are ignored.</summary>
internal sealed class AdminFilter : HttpFilter
{
    private readonly AdminRouter _router;
    private readonly HeaderMap _response = new();

    private readonly TextMatcher[] _allowed; // paths; empty for all

    public AdminFilter(AdminRouter router, TextMatcher[] allowed)
    {
        _router = router;
        _allowed = allowed;
    }

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (endStream)
        {
            Answer();
        }

        return HeadersStatus.StopIteration;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (chunk.EndStream)
        {
            Answer();
        }

        return DataStatus.StopNoBuffer;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Answer();
        return TrailersStatus.StopIteration;
    }

    private void Answer()
    {
        var headers = Callbacks.RequestHeaders;
        var method = Encoding.ASCII.GetString(headers.Get(KnownHeader.Method));
        var path = headers.Get(KnownHeader.Path);
        var response = IsAllowed(path)
            ? _router.Handle(AdminRequest.Parse(method, Encoding.UTF8.GetString(path)))
            : AdminResponse.Error(403, $"request to path {Encoding.UTF8.GetString(path)} not allowed");
        var body = response.Body;
        var withoutBody = body.IsEmpty || method == "HEAD";

        _response.Set(KnownHeader.Status, response.Status);
        _response.Set(KnownHeader.ContentType, Encoding.ASCII.GetBytes(response.ContentType));
        _response.Set(KnownHeader.CacheControl, "no-cache, max-age=0"u8);
        _response.Set("x-content-type-options"u8, "nosniff"u8);
        _response.Set(KnownHeader.ContentLength, body.Length);
        Callbacks.SendHeaders(_response, withoutBody);
        if (!withoutBody)
        {
            Callbacks.SendData(body.Span, endStream: true);
        }
    }

    private bool IsAllowed(ReadOnlySpan<byte> path)
    {
        foreach (var allowed in _allowed)
        {
            if (allowed.Matches(path))
            {
                return true;
            }
        }

        return _allowed.Length == 0;
    }
}
