using System.Text;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>One connection to the scripted upstream.</summary>
internal sealed class MiniUpstream(MiniProxy proxy) : ICodecTransport
{
    private readonly StringBuilder _received = new();
    private readonly List<byte> _pending = [];
    private int _readDisables;
    private bool _scriptQueued;

    public Http1ClientCodec Codec { get; private set; } = null!;

    public bool Taken { get; set; }

    public bool Closed { get; private set; }

    /// <summary>The script has ended its side.</summary>
    public bool PeerEnded { get; private set; }

    /// <summary>For the script: how many requests it has answered.</summary>
    public int Answered { get; set; }

    public bool IsIdle => Codec is not null && !Taken && !Closed && !PeerEnded;

    public List<SeenMessage> Requests => WireReader.Requests(_received.ToString(), IsTunnel);

    public Func<SeenMessage, bool> IsTunnel { get; set; } = static _ => false;

    /// <summary>Calls back with the codec: at once when the connection is up already, otherwise a turn later.</summary>
    public void Connect(Action<Http1ClientCodec> connected)
    {
        if (Codec is not null)
        {
            connected(Codec);
            return;
        }

        proxy.Defer(() =>
        {
            Codec = new Http1ClientCodec(this, proxy.Settings.Client);
            connected(Codec);
        });
    }

    /// <summary>The upstream sends bytes.</summary>
    public void Send(ReadOnlySpan<byte> data)
    {
        _pending.AddRange(data);
        proxy.Defer(Deliver);
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>The upstream ends the connection.</summary>
    public void End()
    {
        proxy.Defer(() =>
        {
            if (!Closed)
            {
                PeerEnded = true;
                Closed = true;
                Codec.OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination);
            }
        });
    }

    /// <summary>The exchange is over: back to the pool, or away.</summary>
    public void Release()
    {
        Taken = false;
        if (Codec is null or { ShouldClose: true })
        {
            CloseConnection();
        }
    }

    public void CloseConnection()
    {
        if (!Closed)
        {
            Closed = true;
            proxy.Defer(() => Codec?.OnConnectionClosed(graceful: true, StreamResetReason.ConnectionTermination));
        }
    }

    void ICodecTransport.Write(ReadOnlySpan<byte> data)
    {
        if (Closed)
        {
            return;
        }

        _received.Append(Encoding.Latin1.GetString(data));
        if (!_scriptQueued)
        {
            _scriptQueued = true;
            proxy.Defer(() =>
            {
                _scriptQueued = false;
                proxy.Script(this);
            });
        }
    }

    void ICodecTransport.BeginTunnel()
    {
    }

    void ICodecTransport.EndWrite() => CloseConnection(); // these peers end a connection whole

    void ICodecTransport.ReadDisable(bool disable)
    {
        _readDisables += disable ? 1 : -1;
        proxy.Defer(Deliver);
    }

    void ICodecTransport.Close(CloseMode mode, string details) => CloseConnection();

    private void Deliver()
    {
        while (_pending.Count > 0 && _readDisables == 0 && !Closed)
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
