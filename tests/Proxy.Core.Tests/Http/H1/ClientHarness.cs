using System.Text;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>A client codec with its input.</summary>
internal sealed class ClientHarness
{
    private readonly List<byte> _pending = [];

    public ClientHarness(Http1ClientOptions? options = null)
    {
        Codec = new Http1ClientCodec(Transport, options ?? Http1ClientOptions.Default);
    }

    public RecordingTransport Transport { get; } = new();

    public Http1ClientCodec Codec { get; }

    public RecordedResponse Response { get; private set; } = new();

    public HttpClientStream? Stream { get; private set; }

    /// <summary>Sends a request without a body.</summary>
    public ClientHarness Ask(string method = "GET", bool endStream = true, params (string Name, string Value)[] fields)
    {
        Response = new RecordedResponse();
        Stream = Codec.NewStream(Response);
        Stream.EncodeHeaders(Text.Map([(":method", method), (":path", "/p"), (":authority", "a.test"), .. fields]), endStream);
        return this;
    }

    public ClientHarness Receive(string text) => Receive(Encoding.Latin1.GetBytes(text));

    public ClientHarness Receive(ReadOnlySpan<byte> data)
    {
        _pending.AddRange(data);
        while (_pending.Count > 0 && Transport.ReadDisables == 0 && Transport.Closed is null)
        {
            var used = Codec.Dispatch(_pending.ToArray(), endOfStream: false);
            _pending.RemoveRange(0, used);
            if (used == 0)
            {
                break;
            }
        }

        return this;
    }

    public ClientHarness Close(bool graceful = true)
    {
        Codec.OnConnectionClosed(graceful, StreamResetReason.ConnectionTermination);
        return this;
    }
}
