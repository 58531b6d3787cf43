namespace Proxy.Connections;

/// <summary>The network filters of one connection, in their order.</summary>
internal sealed class NetworkFilterChain : IConnectionHandler
{
    private readonly Connection _connection;
    private readonly NetworkFilter[] _filters;
    private readonly Action<NetworkFilterChain, CloseReason>? _closed;
    private int _started; // filters whose OnNewConnection has run
    private int _resumeAt; // where the next delivery begins: behind a filter that said to continue

    public NetworkFilterChain(Connection connection, NetworkFilter[] filters, Action<NetworkFilterChain, CloseReason>? closed = null)
    {
        _connection = connection;
        _filters = filters;
        _closed = closed;
        for (var i = 0; i < filters.Length; i++)
        {
            filters[i].Attach(new Callbacks(this, i));
        }
    }

    public Connection Connection => _connection;

    /// <summary>Whoever made the chain may keep something about it here.</summary>
    public object? Owner { get; init; }

    /// <summary>Takes the connection over and announces it to the filters.</summary>
    public void Start()
    {
        _connection.Start(this);
        AnnounceFrom(0);
    }

    /// <summary>Asks the filters to end the connection when it suits them.</summary>
    public void Drain()
    {
        foreach (var filter in _filters)
        {
            filter.OnDrain();
        }
    }

    public void OnConnected(Connection connection)
    {
    }

    public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream)
    {
        var chunk = new StreamChunk(data, endOfStream);
        var first = _resumeAt;
        _resumeAt = 0;
        for (var i = first; i < _filters.Length; i++)
        {
            if (!Announce(i) || _filters[i].OnData(ref chunk) == FilterStatus.StopIteration || connection.State != ConnectionState.Open)
            {
                break;
            }
        }

        return data.Length - chunk.Bytes.Length;
    }

    public void OnAboveHighWatermark(Connection connection)
    {
        foreach (var filter in _filters)
        {
            filter.OnAboveHighWatermark();
        }
    }

    public void OnBelowLowWatermark(Connection connection)
    {
        foreach (var filter in _filters)
        {
            filter.OnBelowLowWatermark();
        }
    }

    public void OnClosed(Connection connection, CloseReason reason)
    {
        foreach (var filter in _filters)
        {
            filter.OnClosed(reason);
        }

        _closed?.Invoke(this, reason);
    }

    private bool AnnounceFrom(int index)
    {
        for (var i = index; i < _filters.Length; i++)
        {
            if (!Announce(i))
            {
                return false;
            }
        }

        return true;
    }

    private bool Announce(int index)
    {
        if (index < _started)
        {
            return true;
        }

        _started = index + 1;
        return _filters[index].OnNewConnection() == FilterStatus.Continue && _connection.State == ConnectionState.Open;
    }

    private void ContinueFrom(int index)
    {
        if (AnnounceFrom(index + 1))
        {
            _resumeAt = index + 1;
            _connection.Redeliver();
        }
    }

    private void WriteFrom(int index, ReadOnlySpan<byte> data, bool endStream)
    {
        var chunk = new StreamChunk(data, endStream);
        for (var i = index - 1; i >= 0; i--)
        {
            if (_filters[i].FiltersWrites && _filters[i].OnWrite(ref chunk) == FilterStatus.StopIteration)
            {
                return;
            }
        }

        _connection.Write(chunk.Bytes, endStream);
    }

    private sealed class Callbacks(NetworkFilterChain chain, int index) : INetworkFilterCallbacks
    {
        public Connection Connection => chain._connection;

        public void ContinueReading() => chain.ContinueFrom(index);

        public void Write(ReadOnlySpan<byte> data, bool endStream) => chain.WriteFrom(index, data, endStream);
    }
}
