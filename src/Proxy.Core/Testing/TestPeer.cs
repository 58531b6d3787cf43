using System.Net;
using System.Text;
using Proxy.Connections;
using Proxy.Workers;
using Proxy.Workers.Simulated;

namespace Proxy.Testing;

/// <summary>The other side of a connection, played by the test: a client (<see cref="Connect"/>) or an upstream (<see cref="TestUpstream"/>).</summary>
/// <remarks>Every call runs the simulation until it rests, so what it caused has happened when it returns. Text is Latin-1: a char a byte.</remarks>
public sealed class TestPeer : IConnectionHandler
{
    private readonly SimulatedRuntime _runtime;
    private readonly List<byte> _received = [];

    internal TestPeer(SimulatedRuntime runtime, Connection? accepted = null)
    {
        _runtime = runtime;
        if (accepted is not null)
        {
            Adopt(accepted);
        }
    }

    /// <summary>The connection itself.</summary>
    public Connection Connection { get; private set; } = null!;

    /// <summary>True once a client's connection came up.</summary>
    public bool Connected { get; private set; }

    /// <summary>True once the other side has sent FIN.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why the connection is over; null while it is not.</summary>
    public CloseReason? Closed { get; private set; }

    /// <summary>True while the send queue is above its limit.</summary>
    public bool IsBlocked => Connection.IsAboveHighWatermark;

    /// <summary>Neither end of stream nor close was seen.</summary>
    public bool IsOpen => Closed is null && !Ended;

    /// <summary>Called after every arrival; a script that answers on its own.</summary>
    public Action<TestPeer>? OnReceived { get; set; }

    /// <summary>What came and was not taken yet.</summary>
    public byte[] Received => [.. _received];

    /// <summary><see cref="Received"/> as text.</summary>
    public string Text => Encoding.Latin1.GetString(Received);

    /// <summary>Bytes that came so far, taken or not.</summary>
    public long TotalReceived => Connection.BytesReceived;

    /// <summary>Connects through the simulated network.</summary>
    /// <param name="runtime">The process.</param>
    /// <param name="endPoint">Where to.</param>
    /// <param name="local">Source address; null picks one.</param>
    public static TestPeer Connect(SimulatedRuntime runtime, EndPoint endPoint, EndPoint? local = null)
    {
        var peer = new TestPeer(runtime);
        peer.Adopt(runtime.Peers.Connect(new ConnectRequest(endPoint) { Local = local, BufferLimit = 0 }, peer));
        runtime.RunUntilIdle();
        return peer;
    }

    /// <summary>Sends text.</summary>
    public TestPeer Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public TestPeer Send(ReadOnlySpan<byte> data)
    {
        Connection.Write(data);
        return Settle();
    }

    /// <summary>Sends text one byte at a time, with everything run in between.</summary>
    public TestPeer SendByteByByte(string text)
    {
        foreach (var letter in text)
        {
            Send([(byte)letter]);
        }

        return this;
    }

    /// <summary>Sends FIN; receiving goes on.</summary>
    public TestPeer SendEnd()
    {
        Connection.Write(default, endStream: true);
        return Settle();
    }

    /// <summary>Closes in order.</summary>
    public TestPeer Close()
    {
        Connection.Close(CloseMode.Flush);
        return Settle();
    }

    /// <summary>Sends RST.</summary>
    public TestPeer Reset()
    {
        Connection.Close(CloseMode.Reset);
        return Settle();
    }

    /// <summary>Stops reading, as a slow peer does.</summary>
    public TestPeer PauseReading()
    {
        Connection.ReadDisable(true);
        return Settle();
    }

    /// <summary>Reads again.</summary>
    public TestPeer ResumeReading()
    {
        Connection.ReadDisable(false);
        return Settle();
    }

    /// <summary>Takes all that came as text.</summary>
    public string Take() => Take(_received.Count);

    /// <summary>Takes the first <paramref name="count"/> bytes as text.</summary>
    public string Take(int count)
    {
        var text = Encoding.Latin1.GetString([.. _received[..count]]);
        _received.RemoveRange(0, count);
        return text;
    }

    /// <summary>Takes <paramref name="text"/> from the front of what came; throws when something else stands there.</summary>
    public TestPeer Expect(string text)
    {
        _runtime.RunUntilIdle();
        if (!Text.StartsWith(text, StringComparison.Ordinal))
        {
            throw new TestPeerException($"Expected <{text}> but got <{Text}>{Describe()}.");
        }

        Take(text.Length);
        return this;
    }

    /// <summary>Takes everything up to and including <paramref name="delimiter"/>; throws when it did not come.</summary>
    public string ReadUntil(string delimiter)
    {
        _runtime.RunUntilIdle();
        var at = Text.IndexOf(delimiter, StringComparison.Ordinal);
        return at < 0
            ? throw new TestPeerException($"Expected something with <{delimiter}> but got <{Text}>{Describe()}.")
            : Take(at + delimiter.Length);
    }

    /// <summary>Throws unless the connection is up and nothing is there to read.</summary>
    public TestPeer ExpectSilence()
    {
        _runtime.RunUntilIdle();
        return _received.Count == 0 && IsOpen ? this : throw new TestPeerException($"Expected silence but got <{Text}>{Describe()}.");
    }

    /// <summary>Throws unless the other side has sent FIN, and no reset.</summary>
    public TestPeer ExpectEnd()
    {
        _runtime.RunUntilIdle();
        return Ended && Closed?.Kind is null or CloseKind.Graceful ? this : throw new TestPeerException($"Expected FIN{Describe()}.");
    }

    /// <summary>Throws unless the other side has reset the connection.</summary>
    public TestPeer ExpectReset() => ExpectClosed(CloseKind.Reset);

    /// <summary>Throws unless the connection is over in this way.</summary>
    public TestPeer ExpectClosed(CloseKind kind)
    {
        _runtime.RunUntilIdle();
        return Closed?.Kind == kind ? this : throw new TestPeerException($"Expected a close of the kind {kind}{Describe()}.");
    }

    void IConnectionHandler.OnConnected(Connection connection)
    {
        Connected = true;
    }

    int IConnectionHandler.OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        _received.AddRange(data);
        Ended |= endOfStream;
        OnReceived?.Invoke(this);
        return data.Length;
    }

    void IConnectionHandler.OnAboveHighWatermark(Connection connection)
    {
    }

    void IConnectionHandler.OnBelowLowWatermark(Connection connection)
    {
    }

    void IConnectionHandler.OnClosed(Connection connection, CloseReason reason)
    {
        Closed = reason;
    }

    private void Adopt(Connection connection)
    {
        Connection = connection;
        connection.HalfCloseEnabled = true;
        connection.Start(this);
    }

    private TestPeer Settle()
    {
        _runtime.RunUntilIdle();
        return this;
    }

    private string Describe()
    {
        return (Ended, Closed) switch
        {
            (_, { } reason) => $"; closed: {reason.Origin} {reason.Kind} {reason.Details}",
            (true, _) => "; FIN received",
            _ => "; open",
        };
    }
}
