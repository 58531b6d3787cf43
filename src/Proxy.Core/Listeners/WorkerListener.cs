using Proxy.Configuration.Listeners;
using Proxy.Connections;
using Proxy.Stats;
using Proxy.Streams;
using Proxy.Observability;
using Proxy.Workers;

namespace Proxy.Listeners;

/// <summary>A listener on one worker: its sockets there and the connections they brought.</summary>
internal sealed class WorkerListener : IAcceptHandler
{
    /// <summary>Why a connection is closed that no filter chain is for.</summary>
    public const string NoChain = "filter_chain_not_found";

    private const string ConfigMissing = "listener_filter_config_missing"; // nobody sees it: there is no filter yet that could tell

    private readonly ListenerState _state;
    private readonly StatShard _stats;
    private readonly StatShard _workerStats;
    private readonly List<IListenSocket> _sockets = [];
    private ActiveConnection? _first;
    private int _count;

    public WorkerListener(ListenerState state, Worker worker, StatShard workerStats)
    {
        _state = state;
        Worker = worker;
        _stats = state.Stats.Shard(worker);
        _workerStats = workerStats;
    }

    public Worker Worker { get; }

    /// <summary>Connections on this worker, those in listener filters included.</summary>
    public int ConnectionCount => _count;

    private ListenerConfig Config => _state.Model.Config;

    /// <summary>Opens a socket. On the worker.</summary>
    public IListenSocket Listen(ListenRequest request)
    {
        var socket = Worker.Listen(request, this);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>Closes the sockets; connections live on. On the worker.</summary>
    public void StopListening()
    {
        foreach (var socket in _sockets)
        {
            socket.Close();
        }

        _sockets.Clear();
    }

    /// <summary>Asks every connection to end. On the worker.</summary>
    public void DrainConnections()
    {
        for (var connection = _first; connection is not null; connection = connection.Next)
        {
            connection.Drain();
        }
    }

    /// <summary>Closes every connection. On the worker.</summary>
    public void CloseConnections(CloseMode mode, string details)
    {
        for (var connection = _first; connection is not null; connection = connection.Next)
        {
            connection.Connection.Close(mode, details);
        }
    }

    /// <summary>Closes every connection of a chain. On the worker.</summary>
    public void CloseConnections(FilterChain chain, string details)
    {
        for (var connection = _first; connection is not null; connection = connection.Next)
        {
            if (connection.Chain == chain)
            {
                connection.Connection.Close(CloseMode.Immediate, details);
            }
        }
    }

    public void OnAccepted(Connection connection)
    {
        if (_state.TryTake(Worker))
        {
            Adopt(connection);
            return;
        }

        _stats.Increment(ListenerStats.ConnectionOverflow);
        connection.Close(CloseMode.Immediate, "connection_limit");
    }

    /// <summary>The chain for a connection; null when none wants it.</summary>
    public FilterChain? ChooseChain(Connection connection)
    {
        var model = _state.Model;
        connection.Info.ListenerMetadata = model.Metadata;
        connection.Info.Direction = model.Config.Direction;
        var chain = model.Choice.Find(connection.Info);
        if (chain is null || chain.Config.Filters.Count == 0)
        {
            if (chain is null)
            {
                _stats.Increment(ListenerStats.NoFilterChainMatch);
                LogWithoutChain(connection);
            }

            return null;
        }

        connection.Info.FilterChainName = chain.Config.Name;
        connection.Info.FilterChainMetadata = chain.Metadata;
        _stats.Increment(ListenerStats.ConnectionTotal);
        _stats.Increment(ListenerStats.ConnectionActive);
        _workerStats.Increment(WorkerListenerStats.ConnectionTotal);
        _workerStats.Increment(WorkerListenerStats.ConnectionActive);
        return chain;
    }

    /// <summary>Takes the place of the filters of a chain while the configuration of one of them is missing.</summary>
    public NetworkFilter CreateMissingFilter()
    {
        _stats.Increment(ListenerStats.NetworkConfigMissing);
        return new MissingConfigFilter();
    }

    public void OnFiltersPassed() => _stats.Decrement(ListenerStats.PreConnectionActive);

    /// <summary>Counts a timeout; true when the connection goes on with a chain all the same.</summary>
    public bool OnFiltersTimedOut()
    {
        _stats.Increment(ListenerStats.PreConnectionTimeout);
        return Config.ContinueOnListenerFiltersTimeout;
    }

    /// <summary>A connection has ended before a chain had it.</summary>
    public void OnFilteredConnectionClosed(ActiveConnection connection, CloseReason reason)
    {
        if (reason.Details is not (NoChain or ConfigMissing))
        {
            _stats.Decrement(ListenerStats.PreConnectionActive);
            _stats.Increment(reason.Origin == CloseOrigin.Remote ? ListenerStats.FilterRemoteClose : ListenerStats.FilterError);
        }

        Forget(connection);
    }

    /// <summary>A connection of a chain has ended.</summary>
    public void OnConnectionClosed(ActiveConnection connection)
    {
        _stats.Increment(ListenerStats.ConnectionDestroy);
        _stats.Decrement(ListenerStats.ConnectionActive);
        _stats.Record(ListenerStats.ConnectionLength, connection.AgeMilliseconds);
        _workerStats.Decrement(WorkerListenerStats.ConnectionActive);
        Forget(connection);
    }

    private void Adopt(Connection connection)
    {
        connection.BufferLimit = Config.BufferLimit;
        var active = new ActiveConnection(this, connection) { Next = _first };
        if (_first is not null)
        {
            _first.Previous = active;
        }

        _first = active;
        _count++;
        if (_state.Model.ListenerFilters.CreateFilters(Worker) is not { } filters)
        {
            _stats.Increment(ListenerStats.ExtensionConfigMissing);
            active.Refuse(ConfigMissing);
            return;
        }

        if (filters.Length > 0)
        {
            _stats.Increment(ListenerStats.PreConnectionActive);
        }

        active.Start(filters, (long)Config.ListenerFiltersTimeout.TotalMilliseconds);
    }

    private void Forget(ActiveConnection connection)
    {
        if (connection.Previous is { } previous)
        {
            previous.Next = connection.Next;
        }
        else
        {
            _first = connection.Next;
        }

        if (connection.Next is { } next)
        {
            next.Previous = connection.Previous;
        }

        _count--;
        _state.GiveBack(Worker);
    }

    private void LogWithoutChain(Connection connection)
    {
        if (_state.Model.AccessLogs.Count == 0)
        {
            return;
        }

        var info = new StreamInfo
        {
            Downstream = connection.Info,
            ConnectionId = connection.Id,
            StartTime = Worker.UtcNow,
            StartMicroseconds = Worker.NowMicroseconds,
            EndMicroseconds = Worker.NowMicroseconds,
            Flags = ResponseFlags.NoRouteFound,
            ResponseCodeDetails = NoChain,
        };
        foreach (var log in _state.Model.AccessLogs)
        {
            log.Log(new AccessLogEntry { Worker = Worker, Info = info, Type = AccessLogType.TcpConnectionEnd });
        }
    }
}
