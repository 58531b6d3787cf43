namespace Proxy.Streams;

/// <summary>
/// Lets the request go on to the filters behind an <see cref="AsyncHttpFilter"/>. The returned task completes when the head of the response has come
/// back to the filter; it need not be awaited by a filter that does not care for the response. Call it at most once.
/// </summary>
/// <returns>Completes with the response's head, or fails with <see cref="OperationCanceledException"/> when the stream ends without one.</returns>
public delegate ValueTask HttpFilterDelegate();
