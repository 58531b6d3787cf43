using System.Net;
using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Core.Tests.Connections;

/// <summary>A connection whose transport is played by the test: it decides what arrives and how much can be sent.</summary>
internal sealed class ScriptedConnection : Connection
{
    private readonly List<byte> _sent = [];

    public ScriptedConnection(Worker worker, ConnectionState state = ConnectionState.Open)
        : base(worker, new ConnectionInfo(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)), state)
    {
    }

    /// <summary>Bytes that the transport still takes; no limit by default.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>Lets the next send find the connection broken.</summary>
    public bool Broken { get; set; }

    public IReadOnlyList<byte> Sent => _sent;

    public List<int> SendSizes { get; } = [];

    public bool EndSent { get; private set; }

    /// <summary>How the transport was told to close; null while it was not.</summary>
    public bool? ClosedWithReset { get; private set; }

    public List<bool> ReadInterest { get; } = [];

    public bool Wanted => WantsRead;

    /// <summary>The peer sends; false when the transport is not to read now.</summary>
    public bool Receive(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && WantsRead)
        {
            var room = GetReadSpan();
            var count = Math.Min(room.Length, data.Length);
            data[..count].CopyTo(room);
            OnReceived(count);
            data = data[count..];
        }

        ReleaseIdleBuffer();
        Worker.RunDeferred();
        return data.IsEmpty;
    }

    /// <summary>The size of the next read that the connection allows.</summary>
    public int NextReadSize()
    {
        var size = GetReadSpan().Length;
        ReleaseIdleBuffer();
        return size;
    }

    public void ReceiveEnd()
    {
        OnReceivedEnd();
        Worker.RunDeferred();
    }

    public void Writable(int room = int.MaxValue)
    {
        Room = room;
        OnTransportWritable();
        Worker.RunDeferred();
    }

    public void Connected()
    {
        OnTransportConnected();
        Worker.RunDeferred();
    }

    public void Fail(CloseReason reason)
    {
        OnTransportFailed(reason);
        Worker.RunDeferred();
    }

    public void LimitConnectTime(long milliseconds) => ArmConnectTimeout(milliseconds);

    protected override void OnReadInterestChanged(bool wanted) => ReadInterest.Add(wanted);

    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (Broken)
        {
            OnTransportFailed(Proxy.Connections.CloseReason.RemoteReset);
            return -1;
        }

        var count = Math.Min(Room, first.Length + second.Length);
        Room -= count;
        SendSizes.Add(count);
        byte[] all = [.. first, .. second];
        _sent.AddRange(all.AsSpan(0, count));
        return count;
    }

    protected override void ShutdownSend() => EndSent = true;

    protected override void CloseTransport(bool reset)
    {
        ClosedWithReset.Should().BeNull("a transport is closed once");
        ClosedWithReset = reset;
    }
}
