using System.Text;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Fuzz.Targets;

/// <summary>
/// What a client sends over HTTP/2, behind the preface. Rules: no exception; frames mean the same however they are cut; every stream that begins ends
/// exactly once; what is written are frames.
/// </summary>
internal static class Http2RequestTarget
{
    public static void Run(byte[] input)
    {
        byte[] all = [.. Http2Frame.Preface, .. input];
        var whole = Play(all, all.Length);
        var pieces = Play(all, 7);
        if (whole != pieces)
        {
            throw new FuzzException($"cut into pieces the input means something else:\n{whole}\n{pieces}");
        }
    }

    private static string Play(byte[] input, int piece)
    {
        var runtime = new SimulatedRuntime();
        var worker = runtime.Workers[0];
        var transport = new FuzzTransport();
        var owner = new Owner();
        var codec = new Http2ServerCodec(transport, owner, new Http2Options(), new StatsStore().CreateGroup(Http2Stats.Schema, Http2Stats.Prefix).Shard(worker), worker);
        transport.Feed(input, piece, pending => codec.Dispatch(pending, endOfStream: false));
        codec.OnConnectionClosed();
        if (owner.Begun != owner.Ended)
        {
            throw new FuzzException($"{owner.Begun} streams have begun, {owner.Ended} have ended");
        }

        FuzzFrames.Check(transport.Written);
        return owner.ToString();
    }

    private sealed class Owner : IServerCodecHandler
    {
        private readonly List<Request> _requests = [];

        public int Begun => _requests.Count;

        public int Ended { get; set; }

        public IServerStreamHandler OnNewStream(HttpServerStream stream)
        {
            _requests.Add(new Request(this, stream));
            return _requests[^1];
        }

        public override string ToString() => string.Join('\n', _requests);
    }

    private sealed class Request(Owner owner, HttpServerStream stream) : IServerStreamHandler
    {
        private readonly StringBuilder _text = new();
        private bool _isOver;

        public HeaderMap RequestHeaders { get; } = new();

        public HeaderMap RequestTrailers { get; } = new();

        public override string ToString() => _text.ToString();

        public void OnHeaders(bool endStream)
        {
            Add(RequestHeaders);
            Answer(endStream);
        }

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
            _text.Append(Encoding.Latin1.GetString(data));
            Answer(endStream);
        }

        public void OnTrailers()
        {
            Add(RequestTrailers);
            Answer(true);
        }

        public void OnCodecError(HttpCodecError error) => throw new FuzzException("HTTP/2 answers with resets");

        // How much of a body was seen before its stream broke depends on the pieces.
        public void OnReset(StreamResetReason reason) => _text.Clear().Append(reason);

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }

        public void OnStreamClosed()
        {
            if (_isOver)
            {
                throw new FuzzException("a stream has ended twice");
            }

            _isOver = true;
            owner.Ended++;
        }

        private void Answer(bool isComplete)
        {
            if (isComplete)
            {
                var headers = new HeaderMap();
                headers.Add(KnownHeader.Status, "200"u8);
                stream.EncodeHeaders(headers, endStream: false);
                stream.EncodeData("ok"u8, endStream: true);
            }
        }

        private void Add(HeaderMap headers)
        {
            foreach (var field in headers)
            {
                _text.Append(Encoding.Latin1.GetString(field.Name)).Append(": ").Append(Encoding.Latin1.GetString(field.Value)).Append('|');
            }
        }
    }
}
