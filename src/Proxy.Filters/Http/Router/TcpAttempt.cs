using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Filters.Http.Router;

/// <summary>A CONNECT that ends here: its payload goes to the host as plain TCP. The answer is made up: 200 once the connection is there, then its bytes.</summary>
/// <remarks>Serves one request only: the connection may outlive it, to send what is queued.</remarks>
internal sealed class TcpAttempt : UpstreamAttempt, IConnectionHandler, ITcpPoolCallbacks
{
    private readonly HeaderMap _headers = new();
    private PendingConnection? _pending;
    private Connection? _connection;
    private IConnectionLease? _lease;
    private bool _readDisabled;
    private bool _aboveHighWatermark;
    private bool _answerEnded;

    public TcpAttempt(IUpstreamOwner owner)
        : base(owner)
    {
    }

    public override bool IsReady => IsActive && _connection is not null;

    public override long BytesReceived => _connection?.BytesReceived ?? 0;

    /// <summary>The request's head stays here; the client is told that the tunnel stands.</summary>
    public override void SendHeaders(HeaderMap headers, bool endStream)
    {
        _headers.Set(KnownHeader.Status, 200);
        Owner.OnHeaders(this, _headers, endStream: false);
        if (endStream && IsActive)
        {
            SendData(default, endStream: true);
        }
    }

    public override void SendData(ReadOnlySpan<byte> data, bool endStream)
    {
        _connection!.Write(data, endStream);
        EndIfBothEnded();
    }

    public override void SendTrailers(HeaderMap trailers) => SendData(default, endStream: true);

    public override void ReadDisable(bool disable)
    {
        if (_readDisabled != disable)
        {
            _readDisabled = disable;
            _connection?.ReadDisable(disable);
        }
    }

    public override void Cancel()
    {
        if (_pending is { } pending)
        {
            Cluster.CancelConnection(pending);
            _pending = null;
        }

        Release(CloseMode.Immediate);
    }

    public void OnPoolReady(Connection connection, Host host, IConnectionLease lease)
    {
        _pending = null;
        _connection = connection;
        _lease = lease;
        connection.HalfCloseEnabled = true;
        Describe(connection, null);
        if (_readDisabled)
        {
            connection.ReadDisable(true);
        }

        connection.Start(this);
        Owner.OnReady(this);
    }

    public void OnPoolFailure(PoolFailure failure, string details, Host host)
    {
        _pending = null;
        IsActive = false;
        Owner.OnReset(this, ResetReasons.Of(failure), details);
    }

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        _lease!.CountBytes();
        if (IsActive)
        {
            _answerEnded |= endOfStream;
            Owner.OnData(this, data, endOfStream);
            EndIfBothEnded();
        }

        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection) => SetWatermark(above: true);

    public void OnBelowLowWatermark(Connection connection) => SetWatermark(above: false);

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _lease!.CountBytes();
        _lease.Dispose();
        var cut = IsActive && !_answerEnded;
        Release(CloseMode.Immediate);
        if (cut)
        {
            Owner.OnReset(this, StreamResetReason.ConnectionTermination, "");
        }
    }

    protected override void OnStart(Host host, RequestPriority priority)
    {
        var pending = Cluster.NewConnection(host, priority, this, ConnectionOrigin.OfRequest(Info.Downstream, Cluster.Config.PoolPerDownstreamConnection));
        if (IsActive && _connection is null)
        {
            _pending = pending;
        }
    }

    private void EndIfBothEnded()
    {
        if (_answerEnded && _connection!.WriteEnded)
        {
            Release(CloseMode.Flush);
        }
    }

    private void Release(CloseMode mode)
    {
        if (!IsActive)
        {
            return;
        }

        IsActive = false;
        SetWatermark(above: false);
        if (_connection is { } connection)
        {
            Info.UpstreamWireSent += connection.BytesSent;
            Info.UpstreamWireReceived += connection.BytesReceived;
            connection.Close(mode);
        }
    }

    private void SetWatermark(bool above)
    {
        if (_aboveHighWatermark != above)
        {
            _aboveHighWatermark = above;
            Owner.OnWatermark(this, above);
        }
    }
}
