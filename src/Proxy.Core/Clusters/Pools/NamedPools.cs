using Proxy.Http;

namespace Proxy.Clusters.Pools;

/// <summary>Pools of one host by the name that TLS was told. Names come from clients: those without a connection or request are forgotten when there are many.</summary>
internal sealed class NamedPools
{
    private const int ManyPools = 64;

    private readonly Dictionary<(string Name, RequestPriority Priority, HttpProtocol? Protocol), HttpPool> _pools = [];
    private int _nextSweep = ManyPools;

    public IEnumerable<HttpPool> All => _pools.Values;

    public HttpPool Get(PooledCluster cluster, Host host, string name, RequestPriority priority, HttpProtocol? protocol)
    {
        if (_pools.TryGetValue((name, priority, protocol), out var pool))
        {
            return pool;
        }

        if (_pools.Count >= _nextSweep)
        {
            Sweep();
        }

        pool = new HttpPool(cluster, host, priority, protocol) { Name = name };
        _pools.Add((name, priority, protocol), pool);
        return pool;
    }

    private void Sweep()
    {
        foreach (var (key, pool) in _pools)
        {
            if (pool.IsEmpty)
            {
                _pools.Remove(key);
            }
        }

        _nextSweep = Math.Max(ManyPools, _pools.Count * 2);
    }
}
