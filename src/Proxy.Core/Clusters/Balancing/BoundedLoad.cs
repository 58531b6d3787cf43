namespace Proxy.Clusters.Balancing;

/// <summary>
/// Keeps hosts from being given much more than their share: a host that has it already passes the request on, along an order that the hash settles
/// (consistent hashing with bounded loads). One worker's; looks at every host once a host is full.
/// </summary>
internal sealed class BoundedLoad
{
    private readonly HashTable _table;
    private readonly uint _percent;
    private readonly MersenneTwister _random = new();
    private readonly int[] _order;

    /// <param name="table">Where hashes go.</param>
    /// <param name="percent">What a host may have, in percent of the mean.</param>
    public BoundedLoad(HashTable table, uint percent)
    {
        _table = table;
        _percent = percent;
        _order = new int[table.Hosts.Length];
    }

    public Host? Pick(ulong hash, int attempt)
    {
        if (_table.Pick(hash, attempt) is not { } host)
        {
            return null;
        }

        long active = 0;
        foreach (var entry in _table.Hosts)
        {
            active += entry.Host.ActiveRequests;
        }

        var slots = (((active + 1) * _percent) + 99) / 100;
        var load = LoadOf(host, WeightOf(host), slots);
        return load <= 1 ? host : PickOther(host, load, slots, hash);
    }

    private static double LoadOf(Host host, double weight, long slots) => host.ActiveRequests / Math.Max(Math.Ceiling(slots * weight), 1);

    private Host PickOther(Host full, double load, long slots, ulong hash)
    {
        _random.Seed((uint)hash);
        for (var i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        var best = full;
        for (var i = 0; i < _order.Length; i++)
        {
            var j = i + (int)_random.Next((uint)(_order.Length - i));
            (_order[i], _order[j]) = (_order[j], _order[i]);
            var (host, weight) = _table.Hosts[_order[i]];
            if (ReferenceEquals(host, full))
            {
                continue;
            }

            var other = LoadOf(host, weight, slots);
            if (other <= 1)
            {
                return host;
            }

            if (other < load)
            {
                (best, load) = (host, other);
            }
        }

        return best;
    }

    private double WeightOf(Host host)
    {
        foreach (var entry in _table.Hosts)
        {
            if (ReferenceEquals(entry.Host, host))
            {
                return entry.Weight;
            }
        }

        return 0;
    }
}
