using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Fuzz.Targets;

/// <summary>
/// Bytes of a client. The first two choose options and grain. Rules: the events do not depend on how the bytes are cut, and every complete request,
/// sent on to an upstream and read there, is that one request again.
/// </summary>
public static class Http1RequestTarget
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
        var options = new Http1ServerOptions
        {
            EnableTrailers = (choice & 1) != 0,
            AcceptHttp10 = (choice & 2) != 0,
            AllowChunkedLength = (choice & 4) != 0,
            AllowCustomMethods = (choice & 8) != 0,
            AllowAbsoluteUrl = (choice & 16) == 0,
            HeadersWithUnderscores = (choice & 32) != 0 ? HeadersWithUnderscoresAction.DropHeader : HeadersWithUnderscoresAction.Allow,
            MaxHeadBytes = 1024,
            MaxHeadersCount = 20,
        };

        var whole = Play(options, bytes, int.MaxValue);
        FuzzException.ThrowUnlessEqual(Describe(whole), Describe(Play(options, bytes, grain)), $"cut every {grain} bytes");
        foreach (var request in whole.Where(static r => r.IsComplete))
        {
            CheckForwarded(request);
        }
    }

    private static string Describe(List<FuzzMessage> requests) => string.Join("\n\n", requests.Select(static r => r.Describe()));

    private static List<FuzzMessage> Play(Http1ServerOptions options, byte[] bytes, int grain)
    {
        var owner = new Owner();
        var transport = new FuzzTransport();
        var codec = new Http1ServerCodec(transport, owner, options);
        transport.Feed(bytes, Math.Min(grain, Math.Max(1, bytes.Length)), data => codec.Dispatch(data, endOfStream: false));
        codec.OnConnectionClosed();
        return owner.Requests;
    }

    private static void CheckForwarded(FuzzMessage request)
    {
        var headers = new HeaderMap();
        headers.CopyFrom(request.RequestHeaders);
        headers.Remove(KnownHeader.Connection);
        headers.Remove(KnownHeader.Upgrade);
        headers.Remove(KnownHeader.TransferEncoding);
        if (!headers.Contains(KnownHeader.Authority) || headers.Get(KnownHeader.Path) is not [(byte)'/', ..])
        {
            return; // refused by the manager
        }

        var transport = new FuzzTransport();
        var stream = new Http1ClientCodec(transport, new Http1ClientOptions { EnableTrailers = true }).NewStream(new FuzzMessage());
        var body = request.Body;
        stream.EncodeHeaders(headers, endStream: body.Length == 0 && !request.HasTrailers);
        if (body.Length > 0)
        {
            stream.EncodeData(body, endStream: !request.HasTrailers);
        }

        if (request.HasTrailers)
        {
            stream.EncodeTrailers(request.RequestTrailers);
        }

        var read = Play(new Http1ServerOptions { EnableTrailers = true, AllowCustomMethods = true, MaxHeadBytes = 4096 }, transport.Written, int.MaxValue);
        if (read.Count != 1 || !read[0].IsComplete)
        {
            throw new FuzzException($"forwarded as {read.Count} requests:\n{transport}");
        }

        read[0].RequestHeaders.Remove(KnownHeader.TransferEncoding);
        if (!headers.Contains(KnownHeader.ContentLength))
        {
            read[0].RequestHeaders.Remove(KnownHeader.ContentLength);
        }

        headers.Remove(KnownHeader.Scheme);
        FuzzException.ThrowUnlessEqual(FuzzMessage.Text(headers), FuzzMessage.Text(read[0].RequestHeaders), "forwarded head");
        FuzzException.ThrowUnlessEqual(Convert.ToHexString(body), Convert.ToHexString(read[0].Body), "forwarded body");
        FuzzException.ThrowUnlessEqual(
            request.HasTrailers ? FuzzMessage.Text(request.RequestTrailers) : "", read[0].HasTrailers ? FuzzMessage.Text(read[0].RequestTrailers) : "", "forwarded trailers");
    }

    private sealed class Owner : IServerCodecHandler
    {
        private readonly HeaderMap _ok = new();

        public Owner()
        {
            _ok.Add(KnownHeader.Status, "200"u8);
        }

        public List<FuzzMessage> Requests { get; } = [];

        public IServerStreamHandler OnNewStream(HttpServerStream stream)
        {
            Requests.Add(new FuzzMessage { OnEnd = _ => stream.EncodeHeaders(_ok, endStream: true) });
            return Requests[^1];
        }
    }
}
