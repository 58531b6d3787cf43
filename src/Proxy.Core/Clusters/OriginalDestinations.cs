using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>The hosts of an original-destination cluster on one worker: made when somebody goes there, dropped when nobody does any more.</summary>
/// <remarks>Each worker has its own: nothing is shared, and a destination used on several counts once on each in <c>membership_total</c>.</remarks>
internal sealed class OriginalDestinations
{
    private readonly OriginalDestinationConfig _config;
    private readonly PooledCluster _cluster;
    private readonly HeaderName? _header;
    private readonly Dictionary<IPEndPoint, Destination> _hosts = [];
    private readonly WorkerTimer _sweep;

    public OriginalDestinations(PooledCluster cluster)
    {
        _cluster = cluster;
        _config = cluster.Config.OriginalDestination;
        _header = _config.UseHttpHeader ? HeaderName.Of(_config.HttpHeaderName.Length > 0 ? _config.HttpHeaderName : new OriginalDestinationConfig().HttpHeaderName) : null;
        _sweep = cluster.Worker.CreateTimer(static self => ((OriginalDestinations)self!).Sweep(), this);
    }

    /// <summary>The host that the request or connection was on its way to; null when nobody knows.</summary>
    public Host? Choose(in LoadBalancerContext context)
    {
        if (AddressOf(context) is not { } address)
        {
            return null;
        }

        if (_config.PortOverride is { } port)
        {
            address = new IPEndPoint(address.Address, port);
        }

        if (!_hosts.TryGetValue(address, out var destination))
        {
            destination = new Destination(new Host(address, "", LocalityConfig.None, _cluster.Model.Workers));
            _hosts.Add(address, destination);
            _cluster.Stats.Increment(ClusterStats.MembershipTotal);
            _cluster.Stats.Increment(ClusterStats.MembershipHealthy);
            if (_hosts.Count == 1)
            {
                _sweep.Arm((long)_config.CleanupInterval.TotalMilliseconds);
            }
        }

        destination.IsUsed = true;
        return destination.Host;
    }

    /// <summary>The cluster is gone: idle connections end, the others after their request.</summary>
    public void Drain()
    {
        _sweep.Cancel();
        foreach (var destination in _hosts.Values)
        {
            Drop(destination);
        }

        _hosts.Clear();
    }

    private IPEndPoint? AddressOf(in LoadBalancerContext context)
    {
        if (_header is { } header && context.RequestHeaders is { } headers)
        {
            return FromHeader(header, headers);
        }

        return context.Downstream is { LocalAddressRestored: true } downstream ? downstream.LocalEndPoint as IPEndPoint : null;
    }

    private IPEndPoint? FromHeader(HeaderName header, HeaderMap headers)
    {
        if (!header.TryGet(headers, out var value))
        {
            return null;
        }

        Span<char> text = stackalloc char[64]; // longer than any address
        if (value.Length <= text.Length && System.Text.Ascii.ToUtf16(value, text, out var length) == System.Buffers.OperationStatus.Done
            && HasPort(text[..length]) && IPEndPoint.TryParse(text[..length], out var address))
        {
            return address;
        }

        _cluster.Stats.Increment(ClusterStats.OriginalDestinationInvalid);
        return null;
    }

    // What the framework takes for an address without a port is none here.
    private static bool HasPort(ReadOnlySpan<char> text)
    {
        return text.StartsWith("[") ? text.Contains("]:", StringComparison.Ordinal) : text.Count(':') == 1 && text.Count('.') == 3;
    }

    private void Sweep()
    {
        foreach (var (address, destination) in _hosts)
        {
            if (!destination.IsUsed && destination.Host.On(_cluster.Worker).ConnectionsActive == 0)
            {
                _hosts.Remove(address);
                Drop(destination);
            }

            destination.IsUsed = false;
        }

        if (_hosts.Count > 0)
        {
            _sweep.Arm((long)_config.CleanupInterval.TotalMilliseconds);
        }
    }

    private void Drop(Destination destination)
    {
        _cluster.Stats.Decrement(ClusterStats.MembershipTotal);
        _cluster.Stats.Decrement(ClusterStats.MembershipHealthy);
        PooledCluster.Leave(destination.Host.FindOn(_cluster.Worker));
    }

    private sealed class Destination(Host host)
    {
        public Host Host { get; } = host;

        /// <summary>Since the last sweep.</summary>
        public bool IsUsed { get; set; }
    }
}
