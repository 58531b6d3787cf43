using Proxy.Workers;

namespace Proxy.Clusters.Balancing;

/// <summary>Hosts of equal weight: the one with the fewest requests of all, by chance among several that have as few.</summary>
internal sealed class FullScanPicker(HostEntry[] hosts, IRandomSource random) : HostPicker
{
    public override Host Pick()
    {
        var best = hosts[0].Host;
        var fewest = best.ActiveRequests;
        var equals = 1UL;
        for (var i = 1; i < hosts.Length; i++)
        {
            var other = hosts[i].Host;
            var active = other.ActiveRequests;
            if (active < fewest)
            {
                (best, fewest, equals) = (other, active, 1);
            }
            else if (active == fewest && random.Next() % ++equals == 0)
            {
                best = other; // the n-th of equals wins one time in n, which gives each the same chance
            }
        }

        return best;
    }
}
