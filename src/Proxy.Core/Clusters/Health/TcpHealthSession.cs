using Proxy.Connections;

namespace Proxy.Clusters.Health;

/// <summary>Checks a host by connecting to it and, where so configured, by what it answers to some bytes.</summary>
internal sealed class TcpHealthSession(HealthChecker checker, Host host) : HealthSession(checker, host), IConnectionHandler
{
    /// <summary>An answer that has not matched by then never will: the check runs out of time.</summary>
    private const int MaxAnswer = 64 * 1024;

    private Connection? _connection;
    private bool _isUp;
    private bool _asked;

    public void OnConnected(Connection connection)
    {
        _isUp = true;
        Checker.SocketOf(Host).SendHeader(connection, default);
        if (Model.Receive.IsEmpty)
        {
            Abort(); // to connect was the check
            Pass(degraded: false);
            return;
        }

        Send();
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (!ReferenceEquals(connection, _connection) || !_asked)
        {
            return data.Length;
        }

        if (!Model.Receive.Matches(data))
        {
            return data.Length > MaxAnswer ? data.Length : 0;
        }

        _asked = false;
        if (!Model.Config.ReuseConnection)
        {
            Abort();
        }

        Pass(degraded: false);
        return data.Length;
    }

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        if (!ReferenceEquals(connection, _connection))
        {
            return; // given up before
        }

        _connection = null;
        _isUp = false;
        if (_asked)
        {
            _asked = false;
            Fail(HealthFailure.Network);
        }
    }

    protected override void Ask()
    {
        _asked = true;
        if (_connection is null)
        {
            _connection = Checker.Connect(Host, this);
        }
        else if (_isUp)
        {
            Send();
        }
    }

    protected override void Abort()
    {
        var connection = _connection;
        _connection = null;
        _isUp = _asked = false;
        connection?.Close(CloseMode.Immediate);
    }

    private void Send()
    {
        if (Model.Send.Length > 0)
        {
            _connection!.Write(Model.Send);
        }
    }
}
