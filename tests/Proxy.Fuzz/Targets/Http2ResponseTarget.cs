using System.Text;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Fuzz.Targets;

/// <summary>
/// What an upstream sends over HTTP/2. The first byte tells how many requests wait for an answer, and which of them are still being sent. Rules: no exception;
/// frames mean the same however they are cut; every exchange ends exactly once, whatever the upstream does; what is written are frames.
/// </summary>
internal static class Http2ResponseTarget
{
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        var whole = Play(input[0], input[1..], input.Length);
        var pieces = Play(input[0], input[1..], 7);
        FuzzException.ThrowUnlessEqual(whole, pieces, "cut into pieces");
    }

    private static string Play(byte choice, byte[] input, int piece)
    {
        var runtime = new SimulatedRuntime();
        var worker = runtime.Workers[0];
        var transport = new FuzzTransport();
        var stats = new StatsStore().CreateGroup(Http2Stats.Schema, Http2Stats.Prefix).Shard(worker);
        var codec = new Http2ClientCodec(transport, handler: null, new Http2Options(), stats, worker.Buffers);
        var exchanges = Enumerable.Range(0, 1 + (choice & 3)).Select(i => Begin(codec, isSent: (choice >> (2 + i) & 1) == 0)).ToList();
        transport.Feed(input, piece, pending => codec.Dispatch(pending, endOfStream: false));
        codec.OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination);
        if (exchanges.Find(static exchange => !exchange.IsOver) is not null)
        {
            throw new FuzzException("an exchange has not ended with its connection");
        }

        FuzzFrames.Check(transport.Written.AsSpan(Http2Frame.Preface.Length));
        return string.Join("\n--\n", exchanges);
    }

    private static Exchange Begin(Http2ClientCodec codec, bool isSent)
    {
        var headers = new HeaderMap();
        headers.Add(KnownHeader.Method, isSent ? "GET"u8 : "POST"u8);
        headers.Add(KnownHeader.Scheme, "http"u8);
        headers.Add(KnownHeader.Path, "/"u8);
        headers.Add(KnownHeader.Authority, "a"u8);
        var exchange = new Exchange();
        var stream = codec.NewStream(exchange);
        stream.EncodeHeaders(headers, endStream: isSent);
        if (!isSent)
        {
            stream.EncodeData("half"u8, endStream: false);
        }

        return exchange;
    }

    private sealed class Exchange : IClientStreamHandler
    {
        private readonly StringBuilder _text = new();

        public bool IsOver { get; private set; }

        public HeaderMap ResponseHeaders { get; } = new();

        public HeaderMap ResponseTrailers { get; } = new();

        public override string ToString() => _text.ToString();

        public void OnInformational() => Add("interim", ResponseHeaders, isEnd: false);

        public void OnHeaders(bool endStream) => Add("head", ResponseHeaders, endStream);

        public void OnData(ReadOnlySpan<byte> data, bool endStream)
        {
            CheckIsOpen();
            _text.Append(Encoding.Latin1.GetString(data));
            IsOver = endStream;
        }

        public void OnTrailers() => Add("trailers", ResponseTrailers, isEnd: true);

        // How much of a body was seen before its stream broke depends on the pieces.
        public void OnReset(StreamResetReason reason, string details)
        {
            CheckIsOpen();
            _text.Clear().Append(reason).Append(' ').Append(details);
            IsOver = true;
        }

        public void OnAboveHighWatermark()
        {
        }

        public void OnBelowLowWatermark()
        {
        }

        private void Add(string what, HeaderMap headers, bool isEnd)
        {
            CheckIsOpen();
            _text.Append(what).Append('\n').Append(FuzzMessage.Text(headers));
            IsOver = isEnd;
        }

        private void CheckIsOpen()
        {
            if (IsOver)
            {
                throw new FuzzException("an event behind the end of an exchange");
            }
        }
    }
}
