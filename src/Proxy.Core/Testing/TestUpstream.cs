using System.Net;
using Proxy.Connections;
using Proxy.Workers;
using Proxy.Workers.Simulated;

namespace Proxy.Testing;

/// <summary>An upstream played by the test: listens on the simulated network and hands out a <see cref="TestPeer"/> per connection.</summary>
public sealed class TestUpstream : IAcceptHandler
{
    private readonly SimulatedRuntime _runtime;
    private readonly IListenSocket _socket;
    private readonly Queue<TestPeer> _waiting = new();

    private TestUpstream(SimulatedRuntime runtime, EndPoint endPoint)
    {
        _runtime = runtime;
        _socket = runtime.Peers.Listen(new ListenRequest(endPoint), this);
    }

    /// <summary>Where it listens, with the port that was picked.</summary>
    public EndPoint EndPoint => _socket.LocalEndPoint;

    /// <summary>Connections that came so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Connections that came and were not taken by <see cref="Accept"/>.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Given to every new connection: see <see cref="TestPeer.OnReceived"/>.</summary>
    public Action<TestPeer>? OnReceived { get; set; }

    /// <summary>Begins to listen.</summary>
    public static TestUpstream Listen(SimulatedRuntime runtime, EndPoint endPoint) => new(runtime, endPoint);

    /// <summary>The next connection; throws when none came.</summary>
    public TestPeer Accept()
    {
        _runtime.RunUntilIdle();
        return _waiting.TryDequeue(out var peer) ? peer : throw new TestPeerException($"Nobody has connected to {EndPoint}.");
    }

    /// <summary>Stops or resumes accepting; connections come up all the same.</summary>
    public void SetAccepting(bool accepting)
    {
        _socket.SetAccepting(accepting);
        _runtime.RunUntilIdle();
    }

    /// <summary>Closes the listening socket: the address refuses from now on.</summary>
    public void Stop()
    {
        _socket.Close();
        _runtime.RunUntilIdle();
    }

    void IAcceptHandler.OnAccepted(Connection connection)
    {
        Connections++;
        connection.BufferLimit = 0;
        _waiting.Enqueue(new TestPeer(_runtime, connection) { OnReceived = OnReceived });
    }
}
