using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>An answer without gRPC, such as an error page of another proxy: it becomes a status, with the beginning of its text as the message.</summary>
internal sealed class PlainAnswer
{
    private const int MaxText = 16 * 1024;

    private readonly ByteList _text = new();

    public bool IsFull => _text.Written.Length >= MaxText;

    public void Add(ReadOnlySpan<byte> bytes) => _text.Add(bytes[..Math.Min(bytes.Length, MaxText - _text.Written.Length)]);

    public void Tell(HeaderMap head)
    {
        var status = System.Buffers.Text.Utf8Parser.TryParse(head.Get(KnownHeader.Status), out int code, out _) ? code : 0;
        head.Set(KnownHeader.GrpcStatus, GrpcReply.StatusOf(status));
        GrpcReply.SetMessage(head, _text.Written);
        head.Set(KnownHeader.ContentLength, 0);
    }

    public void Reset() => _text.Clear();
}
