using System.Globalization;
using System.Text;
using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Core.Tests.Clusters;

/// <summary>
/// A protocol with streams for pools to be tested with. A request is <c>1?</c>: the number of its stream. The peer sends lines: <c>1=text</c> answers,
/// <c>1!</c> resets, <c>limit 5</c> says how many streams it takes, <c>goaway 3</c> that 3 was the last, <c>pong</c> answers a ping, <c>fail</c> is a breach.
/// </summary>
internal sealed class StreamsCodec(ICodecTransport transport, int configured) : HttpClientCodec
{
    /// <summary>Streams every peer takes before it has said anything.</summary>
    public const int SafeLimit = 3;

    private readonly List<Stream> _streams = [];
    private int? _limit;
    private int _lastId;
    private bool _shouldClose;

    public static ClientCodecFactory Factory { get; } =
        static (_, cluster, transport, handler) => new StreamsCodec(transport, cluster.Config.Http.Http2.MaxConcurrentStreams) { Handler = handler };

    public override HttpProtocol Protocol => HttpProtocol.Http2;

    public override bool ShouldClose => _shouldClose;

    public override int ActiveStreams => _streams.Count;

    public override int ConcurrencyLimit => Math.Min(configured, _limit ?? SafeLimit);

    public override bool AwaitsLimit => _limit is null;

    public override HttpClientStream NewStream(IClientStreamHandler handler)
    {
        if (!CanTakeStream)
        {
            throw new InvalidOperationException("A pool gives a connection no more requests than it takes.");
        }

        var stream = new Stream(this, handler, ++_lastId);
        _streams.Add(stream);
        return stream;
    }

    public override int Dispatch(ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = 0;
        for (int end; (end = data[used..].IndexOf((byte)'\n')) >= 0; used += end + 1)
        {
            Read(Encoding.Latin1.GetString(data.Slice(used, end)));
        }

        return used;
    }

    public override void SendPing() => transport.Write("ping "u8);

    public override void OnAboveHighWatermark()
    {
    }

    public override void OnBelowLowWatermark()
    {
    }

    public override void OnConnectionClosed(bool graceful, StreamResetReason reason)
    {
        foreach (var stream in _streams.ToArray())
        {
            stream.Handler.OnReset(reason, "");
        }

        _streams.Clear();
    }

    private void Read(string line)
    {
        if (line == "pong")
        {
            Handler!.OnPingAnswered();
        }
        else if (line == "fail")
        {
            _shouldClose = true;
            transport.Close(CloseMode.Immediate, "http2.violation");
        }
        else if (line.StartsWith("limit ", StringComparison.Ordinal))
        {
            _limit = int.Parse(line[6..], CultureInfo.InvariantCulture);
            Handler!.OnLimitChanged();
        }
        else if (line.StartsWith("goaway ", StringComparison.Ordinal))
        {
            GoAway(int.Parse(line[7..], CultureInfo.InvariantCulture));
        }
        else if (line.EndsWith('!'))
        {
            End(int.Parse(line[..^1], CultureInfo.InvariantCulture)).OnReset(StreamResetReason.RemoteReset, "");
        }
        else
        {
            var parts = line.Split('=');
            End(int.Parse(parts[0], CultureInfo.InvariantCulture)).OnData(Encoding.Latin1.GetBytes(parts[1]), endStream: true);
        }
    }

    private void GoAway(int last)
    {
        _shouldClose = true;
        Handler!.OnGoAway();
        foreach (var stream in _streams.Where(stream => stream.Id > last).ToArray())
        {
            End(stream.Id).OnReset(StreamResetReason.RemoteRefusedStreamReset, "");
        }
    }

    private IClientStreamHandler End(int id)
    {
        var stream = _streams.Single(stream => stream.Id == id);
        _streams.Remove(stream);
        Handler!.OnStreamOver();
        return stream.Handler;
    }

    private void GiveUp(Stream stream)
    {
        if (_streams.Remove(stream))
        {
            transport.Write(Encoding.Latin1.GetBytes($"{stream.Id}!"));
            Handler!.OnStreamOver();
        }
    }

    private sealed class Stream(StreamsCodec codec, IClientStreamHandler handler, int id) : HttpClientStream
    {
        public IClientStreamHandler Handler => handler;

        public int Id => id;

        public override bool IsOver => !codec._streams.Contains(this);

        public override void EncodeHeaders(HeaderMap headers, bool endStream) => throw new NotSupportedException();

        public override void EncodeData(ReadOnlySpan<byte> data, bool endStream)
        {
            codec.Write(Encoding.Latin1.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
            codec.Write(data);
        }

        public override void EncodeTrailers(HeaderMap trailers) => throw new NotSupportedException();

        public override void Reset(StreamResetReason reason) => codec.GiveUp(this);

        public override void ReadDisable(bool disable)
        {
        }
    }

    private void Write(ReadOnlySpan<byte> data) => transport.Write(data);
}
