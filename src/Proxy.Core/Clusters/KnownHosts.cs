using System.Net;
using Proxy.Configuration.Clusters;

namespace Proxy.Clusters;

/// <summary>Hosts that a cluster has had so far. Who is still wanted, and has not changed, stays the same object, with its connections, counts and health.</summary>
internal sealed class KnownHosts
{
    private readonly Dictionary<Key, Host> _hosts = [];

    /// <param name="hosts">The hosts; of equals the first is taken.</param>
    public KnownHosts(IEnumerable<Host> hosts)
    {
        foreach (var host in hosts)
        {
            _hosts.TryAdd(new Key(host.EndPoint, host.Config, host.Place), host);
        }
    }

    /// <summary>The host, once; null when there is none like it. Its weight and its health as configured are no part of it.</summary>
    public Host? Take(EndPoint endPoint, EndpointConfig config, LocalityEndpointsConfig place)
    {
        return _hosts.Count > 0 && _hosts.Remove(new Key(endPoint, config, place), out var host) ? host : null;
    }

    /// <summary>The same wherever it is now.</summary>
    public Host? TakeAny(EndpointConfig config, LocalityEndpointsConfig place)
    {
        return _hosts.Values.FirstOrDefault(host => AreSame(host.Config, host.Place, config, place)) is { } host ? Take(host.EndPoint, config, place) : null;
    }

    /// <summary>True when a host that was made from <paramref name="config"/> at <paramref name="place"/> is as good for the other two.</summary>
    private static bool AreSame(EndpointConfig config, LocalityEndpointsConfig place, EndpointConfig otherConfig, LocalityEndpointsConfig otherPlace)
    {
        return (ReferenceEquals(config, otherConfig)
                || (config.Address == otherConfig.Address && config.Hostname == otherConfig.Hostname && config.HealthCheck == otherConfig.HealthCheck && config.Metadata.Equals(otherConfig.Metadata)))
            && (ReferenceEquals(place, otherPlace)
                || (place.Priority == otherPlace.Priority && place.Locality == otherPlace.Locality && place.Metadata.Equals(otherPlace.Metadata)));
    }

    /// <summary>What makes a host the same as another.</summary>
    internal readonly struct Key(EndPoint endPoint, EndpointConfig config, LocalityEndpointsConfig place) : IEquatable<Key>
    {
        private readonly EndPoint _endPoint = endPoint;
        private readonly EndpointConfig _config = config;
        private readonly LocalityEndpointsConfig _place = place;

        public bool Equals(Key other) => _endPoint.Equals(other._endPoint) && AreSame(_config, _place, other._config, other._place);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _endPoint.GetHashCode();
    }
}
