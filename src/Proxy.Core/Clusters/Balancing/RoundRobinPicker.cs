namespace Proxy.Clusters.Balancing;

/// <summary>Hosts of equal weight in turn.</summary>
internal sealed class RoundRobinPicker : HostPicker
{
    private readonly HostEntry[] _hosts;

    public RoundRobinPicker(HostEntry[] hosts, ulong start)
    {
        _hosts = hosts;
        Next = start;
    }

    /// <summary>Number of the next pick; hand it to the picker of a changed set so that the rotation goes on.</summary>
    public ulong Next { get; private set; }

    public override Host Pick() => _hosts[Next++ % (ulong)_hosts.Length].Host;
}
