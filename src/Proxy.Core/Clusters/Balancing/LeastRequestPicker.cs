using Proxy.Workers;

namespace Proxy.Clusters.Balancing;

/// <summary>Hosts of equal weight: the one with the fewest requests among a few picked at random.</summary>
internal sealed class LeastRequestPicker : HostPicker
{
    private readonly HostEntry[] _hosts;
    private readonly int _choices;
    private readonly IRandomSource _random;

    public LeastRequestPicker(HostEntry[] hosts, int choices, IRandomSource random)
    {
        _hosts = hosts;
        _choices = choices;
        _random = random;
    }

    public override Host Pick()
    {
        var best = Sample();
        var fewest = best.ActiveRequests;
        for (var i = 1; i < _choices; i++)
        {
            var other = Sample();
            var active = other.ActiveRequests;
            if (active < fewest)
            {
                (best, fewest) = (other, active);
            }
        }

        return best;
    }

    private Host Sample() => _hosts[_random.Next() % (ulong)_hosts.Length].Host;
}
