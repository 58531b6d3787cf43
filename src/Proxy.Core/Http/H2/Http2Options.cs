using Proxy.Configuration.Http;
using Proxy.Http.H1;

namespace Proxy.Http.H2;

/// <summary>Settings of HTTP/2 on one side. Immutable; the names in brackets are Envoy's fields.</summary>
internal sealed record Http2Options
{
    /// <summary>Windows, limits and table size.</summary>
    public Http2Config Config { get; init; } = new();

    /// <summary>Most bytes of names and values in a message's head, and in its trailers. Default 61,440 (<c>max_request_headers_kb</c>, 60).</summary>
    public int MaxHeadBytes { get; init; } = 60 * 1024;

    /// <summary>Most fields in a head, pseudo headers included, and in trailers. Default 100 (<c>max_headers_count</c>).</summary>
    public int MaxHeadersCount { get; init; } = 100;

    /// <summary>What happens to header names with underscores (<c>headers_with_underscores_action</c>).</summary>
    public HeadersWithUnderscoresAction HeadersWithUnderscores { get; init; }

    /// <summary>Resets the stream of an invalid message instead of closing the connection. Default false.</summary>
    public bool StreamErrorOnInvalidMessage { get; init; }

    /// <summary>Bytes of a stream that may wait for its window before its source is told to stop. Default 1 MiB.</summary>
    public int StreamBufferBytes { get; init; } = 1024 * 1024;
}
