using System.Text;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Http.H2.Hpack;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>A server codec whose peer is the test: frames in, frames out, requests in between.</summary>
internal sealed class Http2Harness : IServerCodecHandler, ICodecTransport
{
    private readonly List<byte> _written = [];
    private readonly List<byte> _pending = [];
    private readonly HpackDecoder _decoder = new();
    private readonly StatGroup _stats;

    public Http2Harness(Http2Config? config = null, Http2Options? options = null, bool preface = true)
    {
        _stats = new StatsStore().CreateGroup(Http2Stats.Schema, Http2Stats.Prefix);
        options = (options ?? new Http2Options()) with { Config = config ?? options?.Config ?? new Http2Config() };
        Codec = new Http2ServerCodec(this, this, options, _stats.Shard(Runtime.Workers[0]), Runtime.Workers[0]);
        if (preface)
        {
            Receive(Http2Frame.Preface.ToArray(), Frames.Settings());
            TakeFrames();
        }
    }

    public SimulatedRuntime Runtime { get; } = new();

    public Http2ServerCodec Codec { get; }

    public List<Http2Request> Requests { get; } = [];

    public Http2Request Last => Requests[^1];

    /// <summary>Called with each complete request.</summary>
    public Action<Http2Request>? Answer { get; set; }

    /// <summary>Called with the head of each request, while the rest is still unread.</summary>
    public Action<Http2Request>? AnswerHead { get; set; }

    public CloseMode? Closed { get; private set; }

    public string CloseDetails { get; private set; } = "";

    public string Fault { get; private set; } = "";

    /// <summary>The peer does not read: what is written stays queued.</summary>
    public bool IsBlocked { get; set; }

    public long PendingBytes => IsBlocked ? _written.Count : 0;

    public long Count(CounterId id) => _stats.Shard(Runtime.Workers[0]).Read(id);

    public long Count(GaugeId id) => _stats.Shard(Runtime.Workers[0]).Read(id);

    public void Receive(params byte[][] frames) => Runtime.Run(Runtime.Workers[0], () =>
    {
        foreach (var frame in frames)
        {
            _pending.AddRange(frame);
        }

        var used = Codec.Dispatch([.. _pending], endOfStream: false);
        _pending.RemoveRange(0, used);
    });

    public void Run(Action action) => Runtime.Run(Runtime.Workers[0], action);

    public List<Frame> TakeFrames()
    {
        var frames = Frames.Parse([.. _written]);
        _written.Clear();
        return frames;
    }

    /// <summary>What was sent, in one line.</summary>
    public string Take() => string.Join(' ', TakeFrames());

    /// <summary>The fields of a block that was sent. All blocks have to be read, in their order.</summary>
    public string Fields(Frame frame)
    {
        var log = new FieldLog();
        _decoder.TryDecode(frame.Payload, log).Should().BeTrue();
        return log.Take();
    }

    public IServerStreamHandler OnNewStream(HttpServerStream stream)
    {
        Requests.Add(new Http2Request(this, stream));
        return Last;
    }

    public void OnConnectionFault(string details) => Fault = details;

    public void Write(ReadOnlySpan<byte> data)
    {
        if (Closed is null)
        {
            _written.AddRange(data);
        }
    }

    public void Flush()
    {
    }

    public void ReadDisable(bool disable) => throw new InvalidOperationException("one stream must not stop the others");

    public void BeginTunnel() => throw new InvalidOperationException("a tunnel is a stream");

    public void EndWrite() => throw new InvalidOperationException("a tunnel is a stream");

    public void Close(CloseMode mode, string details) => (Closed, CloseDetails) = (Closed ?? mode, Closed is null ? details : CloseDetails);
}

/// <summary>One request as it was seen.</summary>
internal sealed class Http2Request(Http2Harness harness, HttpServerStream stream) : IServerStreamHandler
{
    private readonly StringBuilder _body = new();

    public HttpServerStream Stream => stream;

    public HeaderMap RequestHeaders { get; } = new();

    public HeaderMap RequestTrailers { get; } = new();

    public string Head { get; private set; } = "";

    public string Trailers { get; private set; } = "";

    public string Body => _body.ToString();

    public bool IsComplete { get; private set; }

    public StreamResetReason? ResetReason { get; private set; }

    public string Fault { get; private set; } = "";

    public int Watermark { get; private set; }

    public int Closings { get; private set; }

    public void Respond(string fields, bool endStream = true) => harness.Run(() => stream.EncodeHeaders(Map(fields), endStream));

    public void RespondData(string text, bool endStream = true) => harness.Run(() => stream.EncodeData(Encoding.Latin1.GetBytes(text), endStream));

    public void RespondTrailers(string fields) => harness.Run(() => stream.EncodeTrailers(Map(fields)));

    public void OnHeaders(bool endStream)
    {
        Head = Text(RequestHeaders);
        harness.AnswerHead?.Invoke(this);
        Complete(endStream);
    }

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        IsComplete.Should().BeFalse();
        _body.Append(Encoding.Latin1.GetString(data));
        Complete(endStream);
    }

    public void OnTrailers()
    {
        Trailers = Text(RequestTrailers);
        Complete(true);
    }

    public void OnCodecError(HttpCodecError error) => throw new InvalidOperationException("HTTP/2 answers with resets");

    public void OnStreamFault(string details) => Fault = details;

    public void OnReset(StreamResetReason reason) => ResetReason = reason;

    public void OnAboveHighWatermark() => Watermark++;

    public void OnBelowLowWatermark() => Watermark--;

    public void OnStreamClosed() => Closings++;

    public static HeaderMap Map(string fields)
    {
        var map = new HeaderMap();
        foreach (var field in fields.Split('|'))
        {
            var colon = field.IndexOf(':', 1);
            map.Add(Encoding.Latin1.GetBytes(field[..colon]), Encoding.Latin1.GetBytes(field[(colon + 2)..]));
        }

        return map;
    }

    private static string Text(HeaderMap headers)
    {
        var fields = new List<string>();
        foreach (var field in headers)
        {
            fields.Add($"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}");
        }

        return string.Join('|', fields);
    }

    private void Complete(bool endStream)
    {
        IsComplete |= endStream;
        if (endStream)
        {
            harness.Answer?.Invoke(this);
        }
    }
}
