using System.Text;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H2;
using Proxy.Http.H2.Hpack;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Core.Tests.Http.H2;

/// <summary>A client codec whose upstream is the test.</summary>
internal sealed class Http2ClientHarness : ICodecTransport, IClientCodecHandler
{
    private readonly SimulatedRuntime _runtime = new();
    private readonly List<byte> _written = [];
    private readonly List<byte> _pending = [];
    private readonly HpackDecoder _decoder = new();
    private readonly StatGroup _stats = new StatsStore().CreateGroup(Http2Stats.Schema, Http2Stats.Prefix);

    public Http2ClientHarness(Http2Config? config = null, Http2Options? options = null, bool settings = true)
    {
        options = (options ?? new Http2Options()) with { Config = config ?? options?.Config ?? new Http2Config() };
        Codec = new Http2ClientCodec(this, this, options, _stats.Shard(_runtime.Workers[0]), _runtime.Workers[0].Buffers);
        _written.Take(24).Should().Equal(Http2Frame.Preface.ToArray());
        _written.RemoveRange(0, 24);
        if (settings)
        {
            Receive(Frames.Settings());
            TakeFrames();
        }
    }

    public Http2ClientCodec Codec { get; }

    /// <summary>What the codec has told, in order; streams add theirs.</summary>
    public List<string> Events { get; } = [];

    public CloseMode? Closed { get; private set; }

    public long Count(CounterId id) => _stats.Shard(_runtime.Workers[0]).Read(id);

    public Http2Exchange Begin(string? head = Frames.Get, bool endStream = true)
    {
        var exchange = new Http2Exchange(this);
        Run(() =>
        {
            exchange.Stream = Codec.NewStream(exchange);
            if (head is not null)
            {
                exchange.Stream.EncodeHeaders(Http2Request.Map(head), endStream);
            }
        });
        return exchange;
    }

    public void Run(Action action) => _runtime.Run(_runtime.Workers[0], action);

    public void Receive(params byte[][] frames) => Run(() =>
    {
        foreach (var frame in frames)
        {
            _pending.AddRange(frame);
        }

        _pending.RemoveRange(0, Codec.Dispatch([.. _pending], endOfStream: false));
    });

    public List<Frame> TakeFrames()
    {
        var frames = Frames.Parse([.. _written]);
        _written.Clear();
        return frames;
    }

    public string Take() => string.Join(' ', TakeFrames());

    public string TakeEvents()
    {
        var text = string.Join(' ', Events);
        Events.Clear();
        return text;
    }

    /// <summary>The fields of a block that was sent. All blocks have to be read, in their order.</summary>
    public string Fields(Frame frame)
    {
        var log = new FieldLog();
        _decoder.TryDecode(frame.Payload, log).Should().BeTrue();
        return log.Take();
    }

    public void Write(ReadOnlySpan<byte> data) => _written.AddRange(data);

    public void ReadDisable(bool disable) => throw new InvalidOperationException("one stream must not stop the others");

    public void BeginTunnel() => throw new InvalidOperationException("a tunnel is a stream");

    public void EndWrite() => throw new InvalidOperationException("a tunnel is a stream");

    public void Close(CloseMode mode, string details) => Closed ??= mode;

    public void OnStreamOver() => Events.Add("over");

    public void OnLimitChanged() => Events.Add($"limit{Codec.ConcurrencyLimit}");

    public void OnGoAway() => Events.Add("goaway");

    public void OnPingAnswered() => Events.Add("pong");
}

/// <summary>One exchange as it was seen.</summary>
internal sealed class Http2Exchange(Http2ClientHarness harness) : IClientStreamHandler
{
    public HttpClientStream Stream { get; set; } = null!;

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    /// <summary>Called with the last event.</summary>
    public Action? Last { get; set; }

    public void OnInformational() => Add("info", ResponseHeaders, false);

    public void OnHeaders(bool endStream) => Add("head", ResponseHeaders, endStream);

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        harness.Events.Add($"data({Encoding.Latin1.GetString(data)}){(endStream ? "end" : "")}");
        End(endStream);
    }

    public void OnTrailers() => Add("trailers", ResponseTrailers, true);

    public void OnReset(StreamResetReason reason, string details)
    {
        harness.Events.Add($"reset({reason},{details})");
        End(true);
    }

    public void OnAboveHighWatermark() => harness.Events.Add("stop");

    public void OnBelowLowWatermark() => harness.Events.Add("go");

    private void Add(string kind, HeaderMap headers, bool endStream)
    {
        var fields = new List<string>();
        foreach (var field in headers)
        {
            fields.Add($"{Encoding.Latin1.GetString(field.Name)}={Encoding.Latin1.GetString(field.Value)}");
        }

        harness.Events.Add($"{kind}({string.Join(',', fields)}){(endStream ? "end" : "")}");
        End(endStream);
    }

    private void End(bool isLast)
    {
        if (isLast)
        {
            Last?.Invoke();
        }
    }
}
