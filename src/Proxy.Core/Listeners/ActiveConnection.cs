using Proxy.Connections;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>An accepted connection: leads it through the listener filters to its filter chain, and is its entry in the listener's list.</summary>
internal sealed class ActiveConnection : IConnectionHandler
{
    private readonly WorkerListener _listener;
    private Connection _connection;
    private readonly long _startedAt;
    private ListenerFilter[]? _filters;
    private WorkerTimer? _timeout;
    private int _next;
    private NetworkFilterChain? _chain;

    public ActiveConnection(WorkerListener listener, Connection connection)
    {
        _listener = listener;
        _connection = connection;
        _startedAt = listener.Worker.Now;
    }

    public Connection Connection => _connection;

    /// <summary>The chain it was given; null before.</summary>
    public FilterChain? Chain { get; private set; }

    /// <summary>Neighbours in the list of <see cref="WorkerListener"/>.</summary>
    public ActiveConnection? Previous { get; set; }

    /// <inheritdoc cref="Previous" />
    public ActiveConnection? Next { get; set; }

    /// <summary>How long the connection has lived, in ms.</summary>
    public long AgeMilliseconds => _listener.Worker.Now - _startedAt;

    /// <summary>Asks for the connection to end; one that has no chain yet just does.</summary>
    public void Drain()
    {
        if (_chain is null)
        {
            _connection.Close(CloseMode.Immediate, "listener_drained");
        }
        else
        {
            _chain.Drain();
        }
    }

    /// <summary>Begins with the listener filters, or with the filter chain when there are none.</summary>
    public void Start(ListenerFilter[] filters, long timeoutMilliseconds)
    {
        if (filters.Length == 0)
        {
            EnterChain();
            return;
        }

        _filters = filters;
        foreach (var filter in filters)
        {
            filter.Attach(_connection);
        }

        if (timeoutMilliseconds > 0)
        {
            _timeout = _listener.Worker.CreateTimer(static state => ((ActiveConnection)state!).OnTimeout(), this);
            _timeout.Arm(timeoutMilliseconds);
        }

        _connection.Start(this);
        Advance(accepting: true);
    }

    /// <summary>Ends before it has begun.</summary>
    public void Refuse(string details)
    {
        _filters = [];
        _connection.Start(this);
        _connection.Close(CloseMode.Immediate, details);
    }

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        var used = 0;
        while (_filters is { } filters && _next < filters.Length && connection.State == ConnectionState.Open)
        {
            var status = filters[_next].OnData(data[used..], out var consumed);
            used += consumed;
            if (status == ListenerFilterStatus.NeedMoreData)
            {
                return used;
            }

            _next++;
            Advance(accepting: true);
        }

        return used;
    }

    public void OnAboveHighWatermark(Connection connection)
    {
    }

    public void OnBelowLowWatermark(Connection connection)
    {
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        _timeout?.Cancel();
        _listener.OnFilteredConnectionClosed(this, reason);
    }

    // Asks filters that need no bytes; the first that does waits for OnData.
    private void Advance(bool accepting)
    {
        while (accepting && _next < _filters!.Length)
        {
            if (_filters[_next].OnAccept() == ListenerFilterStatus.NeedMoreData || _connection.State != ConnectionState.Open)
            {
                return;
            }

            _next++;
        }

        if (_connection.State == ConnectionState.Open)
        {
            _timeout?.Cancel();
            _listener.OnFiltersPassed();
            EnterChain();
        }
    }

    private void OnTimeout()
    {
        if (_listener.OnFiltersTimedOut())
        {
            _next = _filters!.Length;
            Advance(accepting: false);
        }
        else
        {
            _connection.Close(CloseMode.Immediate, new CloseReason(CloseOrigin.Local, CloseKind.Timeout, "listener_filter_timeout"));
        }
    }

    private void EnterChain()
    {
        Chain = _listener.ChooseChain(_connection);
        if (Chain is null)
        {
            _connection.Start(this);
            _filters ??= [];
            _connection.Close(CloseMode.Immediate, WorkerListener.NoChain);
            return;
        }

        _filters = null;
        _timeout = null;
        var filters = Chain.CreateFilters(_listener.Worker) ?? [_listener.CreateMissingFilter()];
        _connection = Chain.Secure(_connection);
        _chain = new NetworkFilterChain(_connection, filters, static (chain, _) => ((ActiveConnection)chain.Owner!).OnChainClosed()) { Owner = this };
        _chain.Start();
    }

    private void OnChainClosed() => _listener.OnConnectionClosed(this);
}
