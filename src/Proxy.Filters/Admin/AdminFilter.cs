using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Admin;

/// <summary>Answers the requests of the admin listener, once they are complete. Only handlers that want bodies are given them.</summary>
internal sealed class AdminFilter : HttpFilter
{
    private readonly AdminRouter _router;
    private readonly AllowedPaths _allowed;
    private readonly HeaderMap _response = new();
    private AdminRequest? _request;
    private MemoryStream? _body;
    private int _bodyLeft; // bytes that may still come
    private bool _isAnswered;

    public AdminFilter(AdminRouter router, AllowedPaths allowed)
    {
        _router = router;
        _allowed = allowed;
    }

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        var method = Encoding.ASCII.GetString(headers.Get(KnownHeader.Method));
        var path = headers.Get(KnownHeader.Path);
        _request = AdminRequest.Parse(method, Encoding.UTF8.GetString(path));
        if (!_allowed.Contains(path))
        {
            Send(AdminResponse.Error(403, $"request to path {Encoding.UTF8.GetString(path)} not allowed"));
            return HeadersStatus.StopIteration;
        }

        _bodyLeft = _router.MaxBodyBytes(_request);
        _body = _bodyLeft > 0 && !endStream ? new MemoryStream() : null;
        if (endStream)
        {
            Answer();
        }

        return HeadersStatus.StopIteration;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (_body is not null && !_isAnswered)
        {
            Take(chunk.Bytes);
        }

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

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _bodyLeft -= bytes.Length;
        if (_bodyLeft < 0)
        {
            Send(AdminResponse.Error(413, "the body is too large\n"));
            return;
        }

        _body!.Write(bytes);
    }

    private void Answer()
    {
        if (!_isAnswered)
        {
            Send(_router.Handle(_body is null ? _request! : _request! with { Body = _body.ToArray() }));
        }
    }

    private void Send(AdminResponse response)
    {
        _isAnswered = true;
        var body = response.Body;
        var withoutBody = body.IsEmpty || _request!.Method == "HEAD";

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
}
