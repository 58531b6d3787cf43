using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Fuzz.Targets;

/// <summary>
/// Bytes of an upstream. The first two choose request and grain. Rules: the events do not depend on how the bytes are cut, and a complete answer, sent on
/// to a client and read there, is that answer again.
/// </summary>
public static class Http1ResponseTarget
{
    /// <summary>Plays one input.</summary>
    public static void Run(byte[] input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Length < 2)
        {
            return;
        }

        var (choice, grain, bytes) = (input[0], 1 + (input[1] % 19), input[2..]);
        var options = new Http1ClientOptions
        {
            EnableTrailers = (choice & 1) != 0,
            AllowChunkedLength = (choice & 2) != 0,
            MaxHeadBytes = 1024,
            MaxHeadersCount = 20,
        };
        var method = (choice & 12) switch
        {
            4 => "HEAD"u8,
            8 => "CONNECT"u8,
            _ => "GET"u8,
        };

        var whole = Play(options, method, bytes, int.MaxValue);
        FuzzException.ThrowUnlessEqual(whole.Describe(), Play(options, method, bytes, grain).Describe(), $"cut every {grain} bytes");
        if (whole.IsComplete && !method.SequenceEqual("CONNECT"u8) && !whole.ResponseHeaders.Get(KnownHeader.Status).SequenceEqual("101"u8))
        {
            CheckForwarded(whole, method);
        }
    }

    private static FuzzMessage Play(Http1ClientOptions options, ReadOnlySpan<byte> method, byte[] bytes, int grain)
    {
        var message = new FuzzMessage();
        var transport = new FuzzTransport();
        var codec = new Http1ClientCodec(transport, options);
        var request = new HeaderMap();
        request.Add(KnownHeader.Method, method);
        request.Add(KnownHeader.Path, "/"u8);
        request.Add(KnownHeader.Authority, "a:1"u8);
        codec.NewStream(message).EncodeHeaders(request, endStream: true);
        transport.Feed(bytes, Math.Min(grain, Math.Max(1, bytes.Length)), data => codec.Dispatch(data, endOfStream: false));
        codec.OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination);
        return message;
    }

    private static void CheckForwarded(FuzzMessage response, ReadOnlySpan<byte> method)
    {
        var transport = new FuzzTransport();
        var owner = new Owner();
        var codec = new Http1ServerCodec(transport, owner, new Http1ServerOptions { EnableTrailers = true });
        codec.Dispatch(method.SequenceEqual("HEAD"u8) ? "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"u8 : "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8, endOfStream: false);
        var headers = new HeaderMap();
        headers.CopyFrom(response.ResponseHeaders);
        headers.Remove(KnownHeader.Connection);
        headers.Remove(KnownHeader.TransferEncoding);
        headers.Remove(KnownHeader.ProxyConnection);
        var body = response.Body;
        owner.Stream!.EncodeHeaders(headers, endStream: body.Length == 0 && !response.HasTrailers);
        if (body.Length > 0)
        {
            owner.Stream.EncodeData(body, endStream: !response.HasTrailers);
        }

        if (response.HasTrailers)
        {
            owner.Stream.EncodeTrailers(response.ResponseTrailers);
        }

        var read = Play(new Http1ClientOptions { EnableTrailers = true, MaxHeadBytes = 4096 }, method, transport.Written, int.MaxValue);
        if (!read.IsComplete)
        {
            throw new FuzzException($"forwarded incomplete:\n{transport}");
        }

        FuzzException.ThrowUnlessEqual(Convert.ToHexString(body), Convert.ToHexString(read.Body), "forwarded body");
    }

    private sealed class Owner : IServerCodecHandler
    {
        public HttpServerStream? Stream { get; private set; }

        public IServerStreamHandler OnNewStream(HttpServerStream stream)
        {
            Stream = stream;
            return new FuzzMessage();
        }
    }
}
