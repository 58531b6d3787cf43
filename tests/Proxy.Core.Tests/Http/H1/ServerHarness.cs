using System.Text;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>A server codec with its input and a log of its events; answers requests on its own when <see cref="Answer"/> is set.</summary>
internal sealed class ServerHarness : IServerCodecHandler
{
    private readonly List<byte> _pending = [];

    public ServerHarness(Http1ServerOptions? options = null)
    {
        Codec = new Http1ServerCodec(Transport, this, options ?? Http1ServerOptions.Default);
    }

    public RecordingTransport Transport { get; } = new();

    public Http1ServerCodec Codec { get; }

    public List<RecordedRequest> Requests { get; } = [];

    public RecordedRequest Last => Requests[^1];

    public HttpServerStream? Stream { get; private set; }

    /// <summary>Called with each complete request and each fault.</summary>
    public Action<HttpServerStream, RecordedRequest>? Answer { get; set; }

    /// <summary>Called with each head.</summary>
    public Action<HttpServerStream, RecordedRequest>? AnswerHead { get; set; }

    /// <summary>What the codec has not used yet.</summary>
    public int Pending => _pending.Count;

    public static void AnswerOk(HttpServerStream stream, RecordedRequest request)
    {
        var headers = new HeaderMap();
        headers.Add(KnownHeader.Status, request.Error.IsError ? Encoding.ASCII.GetBytes(request.Error.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture)) : "200"u8);
        stream.EncodeHeaders(headers, endStream: true);
    }

    public IServerStreamHandler OnNewStream(HttpServerStream stream)
    {
        Stream = stream;
        Requests.Add(new RecordedRequest(this, stream));
        return Last;
    }

    /// <summary>Hands bytes over as a connection would, with redelivery.</summary>
    public ServerHarness Send(ReadOnlySpan<byte> data)
    {
        _pending.AddRange(data);
        Deliver();
        return this;
    }

    public ServerHarness Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Goes on with what is pending when reading is enabled.</summary>
    public void Deliver()
    {
        while (_pending.Count > 0 && Transport.ReadDisables == 0 && Transport.Closed is null)
        {
            var used = Codec.Dispatch(_pending.ToArray(), endOfStream: false);
            _pending.RemoveRange(0, used);
            if (used == 0)
            {
                return;
            }
        }
    }
}
