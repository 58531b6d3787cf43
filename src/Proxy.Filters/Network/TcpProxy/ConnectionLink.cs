using Proxy.Clusters;
using Proxy.Connections;

namespace Proxy.Filters.Network.TcpProxy;

/// <summary>A connection that carries the bytes of one client as they are.</summary>
internal sealed class ConnectionLink : UpstreamLink, IConnectionHandler
{
    private readonly Connection _connection;
    private readonly IConnectionLease _lease;
    private readonly IUpstreamLinkOwner _owner;

    public ConnectionLink(Connection connection, IConnectionLease lease, IUpstreamLinkOwner owner)
    {
        _connection = connection;
        _lease = lease;
        _owner = owner;
    }

    public override long BytesReceived => _connection.BytesReceived;

    public override long BytesSent => _connection.BytesSent;

    public override long PendingBytes => _connection.PendingBytes;

    /// <summary>Begins to read; bytes may come before the call returns.</summary>
    public void Start()
    {
        _connection.HalfCloseEnabled = true;
        _connection.DelayedCloseTimeout = 0;
        _connection.Start(this);
    }

    public override void Write(ReadOnlySpan<byte> data, bool endStream) => _connection.Write(data, endStream);

    public override void ReadDisable(bool disable) => _connection.ReadDisable(disable);

    public override void Close(CloseMode mode)
    {
        if (_connection.State == ConnectionState.Open)
        {
            _connection.Close(mode);
        }
    }

    public override void CountBytes() => _lease.CountBytes();

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        _owner.OnUpstreamData(data, endOfStream);
        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection) => _owner.OnUpstreamAboveHighWatermark();

    public void OnBelowLowWatermark(Connection connection) => _owner.OnUpstreamBelowLowWatermark();

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _owner.OnUpstreamClosed(reason is { Origin: CloseOrigin.Remote, Kind: CloseKind.Reset });
        _lease.Dispose();
    }
}
