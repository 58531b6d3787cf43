using System.Net;
using Proxy.Http;

namespace Proxy.Clusters.Pools;

/// <summary>Pools of one host by what their connections told it. That comes from clients: pools without a connection or request are forgotten when there are many.</summary>
internal sealed class NamedPools
{
    private const int ManyPools = 64;

    private readonly Dictionary<PoolName, HttpPool> _pools = [];
    private int _nextSweep = ManyPools;

    public IEnumerable<HttpPool> All => _pools.Values;

    public HttpPool Get(PooledCluster cluster, Host host, in PoolName name)
    {
        if (_pools.TryGetValue(name, out var pool))
        {
            return pool;
        }

        if (_pools.Count >= _nextSweep)
        {
            Sweep();
        }

        pool = new HttpPool(cluster, host, name.Priority, name.Protocol) { Name = name.Host, Origin = new ConnectionOrigin(name.Source, name.Destination) };
        _pools.Add(name, pool);
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

/// <summary>What tells such pools of a host apart.</summary>
/// <param name="Host">Name that TLS is told; null where it is told none.</param>
/// <param name="Source">Where the client comes from, where the host is told; null where not.</param>
/// <param name="Destination">Where the client went to.</param>
/// <param name="Priority">Whose limits count.</param>
/// <param name="Protocol">What the connections speak; null when each is told by its TLS session.</param>
internal readonly record struct PoolName(string? Host, EndPoint? Source, EndPoint? Destination, RequestPriority Priority, HttpProtocol? Protocol);
