using Proxy.Connections;

namespace Proxy.Core.Tests.Contract;

/// <summary>Sends a pattern as fast as the watermarks allow, and checks one that comes.</summary>
internal sealed class PatternPeer(long total, bool closeAtEnd = false) : IConnectionHandler
{
    public const int Chunk = 48 * 1024;

    private readonly byte[] _chunk = new byte[Chunk];
    private long _sent;
    private bool _producing;

    public bool Stopped { get; private set; }

    public bool Intact { get; private set; } = true;

    public long Received { get; private set; }

    public long MostPending { get; private set; }

    public CloseReason? Closed { get; private set; }

    // Guarded, because a write may raise and lower the watermark before it returns.
    public void Produce(Connection connection)
    {
        if (_producing)
        {
            return;
        }

        _producing = true;
        while (!Stopped && _sent < total)
        {
            var count = FillChunk();
            connection.Write(_chunk.AsSpan(0, count));
            MostPending = Math.Max(MostPending, connection.PendingBytes);
        }

        _producing = false;
        if (_sent == total && closeAtEnd)
        {
            connection.Close(CloseMode.Flush);
        }
    }

    public void OnConnected(Connection connection) => Produce(connection);

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        foreach (var value in data)
        {
            Intact &= value == At(Received++);
        }

        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection) => Stopped = true;

    public void OnBelowLowWatermark(Connection connection)
    {
        Stopped = false;
        Produce(connection);
    }

    public void OnClosed(Connection connection, CloseReason reason) => Closed = reason;

    private static byte At(long position) => (byte)(position * 7 % 251);

    private int FillChunk()
    {
        var count = (int)Math.Min(Chunk, total - _sent);
        for (var i = 0; i < count; i++)
        {
            _chunk[i] = At(_sent++);
        }

        return count;
    }
}
