using System.IO.Hashing;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Balancing;

/// <summary>A table of fixed, prime size that hosts fill in turn, each in an order of its own (Eisenbud et al., Maglev, NSDI 2016, 3.4).</summary>
internal sealed class MaglevTable : HashTable
{
    private readonly Host[] _table;

    public MaglevTable(HashBalancingConfig config, WeightedHost[] hosts, bool isPanic)
        : base(hosts, isPanic)
    {
        _table = hosts.Length == 0 ? [] : new Host[config.MaglevTableSize];
        if (hosts.Length == 0)
        {
            return;
        }

        var entries = EntriesOf(config, hosts);
        Fill(entries, hosts.Max(static host => host.Weight));
        MinPerHost = entries.Min(static entry => entry.Count);
        MaxPerHost = entries.Max(static entry => entry.Count);
    }

    /// <summary>Places of the host that has the fewest.</summary>
    public long MinPerHost { get; }

    /// <summary>Places of the host that has the most.</summary>
    public long MaxPerHost { get; }

    public override Host? Pick(ulong hash, int attempt)
    {
        if (_table.Length == 0)
        {
            return null;
        }

        // With most bits changed the next attempt lands far away.
        var place = attempt > 0 ? hash ^ (ulong.MaxValue - (ulong)attempt + 1) : hash;
        return _table[place % (ulong)_table.Length];
    }

    // In the order of their keys, so that the table does not depend on the order in which hosts were found.
    private static Entry[] EntriesOf(HashBalancingConfig config, WeightedHost[] hosts)
    {
        var size = (ulong)config.MaglevTableSize;
        return [.. hosts
            .Select(host => (Key: KeyOf(host.Host, config.UseHostname), Host: host))
            .OrderBy(static pair => pair.Key, Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)))
            .Select(pair => new Entry(pair.Host)
            {
                Offset = XxHash64.HashToUInt64(pair.Key) % size,
                Skip = (XxHash64.HashToUInt64(pair.Key, 1) % (size - 1)) + 1,
                Target = pair.Host.Weight,
            })];
    }

    private void Fill(Entry[] entries, double heaviest)
    {
        var filled = 0;
        for (var round = 1; filled < _table.Length; round++)
        {
            foreach (var entry in entries)
            {
                // A host of a third of the heaviest one's weight takes a place every third round.
                if (filled == _table.Length || round * entry.Host.Weight < entry.Target)
                {
                    continue;
                }

                entry.Target += heaviest;
                _table[FreePlace(entry)] = entry.Host.Host;
                entry.Count++;
                filled++;
            }
        }
    }

    private ulong FreePlace(Entry entry)
    {
        while (true)
        {
            var place = (entry.Offset + (entry.Skip * entry.Next++)) % (ulong)_table.Length;
            if (_table[place] is null)
            {
                return place;
            }
        }
    }

    private sealed class Entry(WeightedHost host)
    {
        public WeightedHost Host { get; } = host;

        public ulong Offset { get; init; }

        public ulong Skip { get; init; }

        public ulong Next { get; set; }

        public double Target { get; set; }

        public long Count { get; set; }
    }
}
