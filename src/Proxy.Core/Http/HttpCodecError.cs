namespace Proxy.Http;

/// <summary>A message that cannot be decoded: what to answer and what to log.</summary>
/// <param name="StatusCode">Status of the answer, such as 400, 413, 426, 431 or 501.</param>
/// <param name="Details">Envoy's <c>%RESPONSE_CODE_DETAILS%</c>, such as <c>http1.codec_error</c>.</param>
/// <param name="Body">Text of the answer's body; empty for none.</param>
internal readonly record struct HttpCodecError(int StatusCode, string Details, string Body)
{
    /// <summary>True when there is an error.</summary>
    public bool IsError => StatusCode != 0;
}
