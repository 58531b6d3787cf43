using Proxy.Workers;

namespace Proxy.Clusters.Balancing;

/// <summary>Any host, whatever its weight, as in Envoy.</summary>
internal sealed class RandomPicker : HostPicker
{
    private readonly HostEntry[] _hosts;
    private readonly IRandomSource _random;

    public RandomPicker(HostEntry[] hosts, IRandomSource random)
    {
        _hosts = hosts;
        _random = random;
    }

    public override Host Pick() => _hosts[_random.Next() % (ulong)_hosts.Length].Host;
}
