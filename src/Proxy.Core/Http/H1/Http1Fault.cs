namespace Proxy.Http.H1;

/// <summary>What is wrong with a message.</summary>
internal enum Http1Fault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It does not follow the grammar of RFC 9112.</summary>
    Malformed,

    /// <summary>A field value has a control character.</summary>
    InvalidCharacters,

    /// <summary>The head or the trailer section is too long.</summary>
    HeadersTooLarge,

    /// <summary>There are too many headers or trailers.</summary>
    TooManyHeaders,

    /// <summary>A transfer coding other than chunked.</summary>
    InvalidTransferEncoding,

    /// <summary>Both content-length and transfer-encoding.</summary>
    ChunkedContentLength,

    /// <summary>HTTP/1.0 where it is not served.</summary>
    LowVersion,

    /// <summary>The request target cannot be taken apart.</summary>
    InvalidUrl,

    /// <summary>The scheme of the request target is not http or https.</summary>
    InvalidScheme,

    /// <summary>The connection header nominates headers that it must not.</summary>
    ConnectionHeaderRejected,

    /// <summary>A header name has an underscore.</summary>
    UnexpectedUnderscore,

    /// <summary>The host has bytes that no host has.</summary>
    InvalidAuthority,

    /// <summary>Content-length where no body can be.</summary>
    ContentLengthNotAllowed,

    /// <summary>Transfer-encoding where no body can be.</summary>
    TransferEncodingNotAllowed,
}
