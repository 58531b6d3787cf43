namespace Proxy.Http.H1;

/// <summary>Answers and details of the faults, by Envoy's names.</summary>
internal static class Http1Faults
{
    private static readonly HttpCodecError[] Errors =
    [
        default,
        new(400, "http1.codec_error", "Bad Request"),
        new(400, "http1.invalid_characters", "Bad Request"),
        new(431, "http1.headers_too_large", "Request Header Fields Too Large"),
        new(431, "http1.too_many_headers", "Request Header Fields Too Large"),
        new(501, "http1.invalid_transfer_encoding", "Not Implemented"),
        new(400, "http1.content_length_and_chunked_not_allowed", "Bad Request"),
        new(426, "low_version", "Upgrade Required"),
        new(400, "http1.invalid_url", "Bad Request"),
        new(400, "http1.invalid_scheme", "Bad Request"),
        new(400, "http1.connection_header_rejected", "Bad Request"),
        new(400, "http1.unexpected_underscore", "Bad Request"),
        new(400, "http.invalid_authority", "Bad Request"),
        new(400, "http1.content_length_not_allowed", "Bad Request"),
        new(400, "http1.transfer_encoding_not_allowed", "Bad Request"),
    ];

    /// <summary>The answer to a request with that fault.</summary>
    public static HttpCodecError ErrorOf(Http1Fault fault) => Errors[(int)fault];

    /// <summary>The details of a response with that fault.</summary>
    public static string DetailsOf(Http1Fault fault) => Errors[(int)fault].Details;
}
