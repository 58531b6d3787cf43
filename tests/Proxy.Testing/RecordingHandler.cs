using System.Text;
using Proxy.Connections;

namespace Proxy.Testing;

/// <summary>An owner of a connection that writes down what it is told. Used on the connection's worker, like any owner.</summary>
public sealed class RecordingHandler : IConnectionHandler
{
    private readonly List<byte> _received = [];

    /// <summary>The calls in order: <c>connected</c>, <c>data</c>, <c>end</c>, <c>high</c>, <c>low</c>, <c>closed</c>.</summary>
    public List<string> Events { get; } = [];

    /// <summary>What was consumed, as Latin-1.</summary>
    public string Text => Encoding.Latin1.GetString([.. _received]);

    /// <summary>How many bytes were consumed.</summary>
    public long Count { get; private set; }

    /// <summary>Why the connection is over; null while it is not.</summary>
    public CloseReason? Closed { get; private set; }

    /// <summary>Keeps no bytes, only <see cref="Count"/>.</summary>
    public bool Discard { get; init; }

    /// <summary>Decides how much of the data offered is consumed; null consumes all.</summary>
    public Func<Connection, int, int>? Consume { get; set; }

    /// <summary>Called after each event with its name.</summary>
    public Action<Connection, string>? On { get; set; }

    public void OnConnected(Connection connection) => Tell(connection, "connected");

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = Consume?.Invoke(connection, data.Length) ?? data.Length;
        Count += used;
        if (!Discard)
        {
            _received.AddRange(data[..used]);
        }

        if (data.Length > 0)
        {
            Tell(connection, "data");
        }

        if (endOfStream)
        {
            Tell(connection, "end");
        }

        return used;
    }

    public void OnAboveHighWatermark(Connection connection) => Tell(connection, "high");

    public void OnBelowLowWatermark(Connection connection) => Tell(connection, "low");

    public void OnClosed(Connection connection, CloseReason reason)
    {
        Closed = reason;
        Tell(connection, "closed");
    }

    private void Tell(Connection connection, string what)
    {
        Events.Add(what);
        On?.Invoke(connection, what);
    }
}
