using System.Text;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>Just enough of a proxy around the two codecs to play probes: no filters, one route, no time.</summary>
internal sealed class MiniProxy : IServerCodecHandler, ICodecTransport
{
    private readonly Queue<Action> _work = new();
    private readonly List<byte> _pending = [];
    private readonly StringBuilder _output = new();
    private int _readDisables;
    private bool _closing;

    public MiniProxy(MiniSettings settings, Action<MiniUpstream> script)
    {
        Settings = settings;
        Script = script;
        Codec = new Http1ServerCodec(this, this, settings.Server);
    }

    public MiniSettings Settings { get; }

    /// <summary>Called whenever the proxy has written to an upstream.</summary>
    public Action<MiniUpstream> Script { get; }

    public Http1ServerCodec Codec { get; private set; }

    public List<MiniUpstream> Upstreams { get; } = [];

    public bool IsClosing => ClientClosed || _closing;

    public string Output => _output.ToString();

    public bool ClientClosed { get; private set; }

    public void Defer(Action action) => _work.Enqueue(action);

    /// <summary>Until nothing happens any more.</summary>
    public void Run()
    {
        while (_work.TryDequeue(out var action))
        {
            action();
        }
    }

    public void ClientSends(ReadOnlySpan<byte> data)
    {
        _pending.AddRange(data);
        Deliver();
        Run();
    }

    /// <summary>The client closed or reset its connection.</summary>
    public void ClientEnds()
    {
        if (!ClientClosed)
        {
            ClientClosed = true;
            Codec.OnConnectionClosed();
            Run();
        }
    }

    /// <summary>The client comes back on a new connection; the upstream ones stay.</summary>
    public void Reconnect()
    {
        _pending.Clear();
        _output.Clear();
        _readDisables = 0;
        _closing = false;
        ClientClosed = false;
        Codec = new Http1ServerCodec(this, this, Settings.Server);
    }

    public string TakeOutput()
    {
        var text = Output;
        _output.Clear();
        return text;
    }

    public IServerStreamHandler OnNewStream(HttpServerStream stream) => new MiniExchange(this, stream);

    /// <summary>Time passes: a delayed close is over.</summary>
    public void Settle()
    {
        if (_closing)
        {
            _closing = false;
            CloseClient();
            Run();
        }
    }

    public void CloseClient(bool delayed = false)
    {
        _closing |= delayed;
        if (!ClientClosed && !delayed)
        {
            ClientClosed = true;
            var codec = Codec;
            Defer(codec.OnConnectionClosed);
        }
    }

    /// <summary>A connection for a request: an idle one, or a new one that is up when the callback has unwound.</summary>
    public MiniUpstream TakeUpstream()
    {
        var upstream = Upstreams.Find(static u => u.IsIdle);
        if (upstream is null)
        {
            Upstreams.Add(upstream = new MiniUpstream(this));
        }

        upstream.Taken = true;
        return upstream;
    }

    void ICodecTransport.Write(ReadOnlySpan<byte> data)
    {
        if (!ClientClosed)
        {
            _output.Append(Encoding.Latin1.GetString(data));
        }
    }

    void ICodecTransport.BeginTunnel()
    {
    }

    void ICodecTransport.EndWrite() => CloseClient(); // these peers end a connection whole

    void ICodecTransport.ReadDisable(bool disable)
    {
        _readDisables += disable ? 1 : -1;
        _readDisables.Should().BeGreaterThanOrEqualTo(0);
        if (_readDisables == 0)
        {
            Defer(Deliver);
        }
    }

    void ICodecTransport.Close(CloseMode mode, string details) => CloseClient(mode == CloseMode.FlushAndDelay);

    private void Deliver()
    {
        while (_pending.Count > 0 && _readDisables == 0 && !ClientClosed)
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
