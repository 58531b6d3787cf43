using System.IO.Hashing;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters.Balancing;

/// <summary>A ring (ketama): every host stands at as many points as its weight says; a hash goes to the next point.</summary>
internal sealed class HashRing : HashTable
{
    private const int MaxDigits = 20;

    private readonly ulong[] _points;
    private readonly Host[] _owners;

    public HashRing(HashBalancingConfig config, WeightedHost[] hosts, bool isPanic)
        : base(hosts, isPanic)
    {
        if (hosts.Length == 0)
        {
            _points = [];
            _owners = [];
            return;
        }

        // The lightest host gets a whole number of points; the sums below spread what is left over by the others.
        var least = Math.Min(1.0, hosts.Min(static host => host.Weight));
        var scale = Math.Min(Math.Ceiling(least * config.MinimumRingSize) / least, config.MaximumRingSize);
        var points = new List<ulong>((int)Math.Ceiling(scale));
        var owners = new List<Host>(points.Capacity);
        var target = 0.0;
        MinPerHost = (long)Math.Ceiling(scale);
        foreach (var (host, weight) in hosts)
        {
            target += scale * weight;
            var before = points.Count;
            AddPoints(config, host, target, points, owners);
            MinPerHost = Math.Min(MinPerHost, points.Count - before);
            MaxPerHost = Math.Max(MaxPerHost, points.Count - before);
        }

        _points = [.. points];
        _owners = [.. owners];
        Array.Sort(_points, _owners);
    }

    /// <summary>Points on the ring.</summary>
    public int Size => _points.Length;

    /// <summary>Points of the host that has the fewest.</summary>
    public long MinPerHost { get; }

    /// <summary>Points of the host that has the most.</summary>
    public long MaxPerHost { get; }

    public override Host? Pick(ulong hash, int attempt)
    {
        if (_points.Length == 0)
        {
            return null;
        }

        int low = 0, high = _points.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_points[middle] < hash)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _owners[(int)(((uint)low + (uint)attempt) % (uint)_owners.Length)];
    }

    private static void AddPoints(HashBalancingConfig config, Host host, double target, List<ulong> points, List<Host> owners)
    {
        var key = KeyOf(host, config.UseHostname);
        var text = new byte[key.Length + 1 + MaxDigits];
        key.CopyTo(text, 0);
        text[key.Length] = (byte)'_';
        for (long i = 0; points.Count < target; i++)
        {
            i.TryFormat(text.AsSpan(key.Length + 1), out var digits, provider: System.Globalization.CultureInfo.InvariantCulture);
            var point = text.AsSpan(0, key.Length + 1 + digits);
            points.Add(config.Function == HashFunction.Murmur2 ? Murmur2.Hash(point) : XxHash64.HashToUInt64(point));
            owners.Add(host);
        }
    }
}
