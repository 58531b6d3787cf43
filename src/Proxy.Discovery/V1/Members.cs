using System.Net;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates SDS answers: the members of one cluster.</summary>
internal static class Members
{
    // Services say more of a host than the proxy asks for.
    public const string Objects =
        """
        sds_answer open
          hosts! list member
        member open
          ip_address! text
          port! 0..65535
          tags tags
        tags open
          az text
          canary bool
          load_balancing_weight 1..100
        """;

    /// <summary>The v3 assignment.</summary>
    public static ConfigNode Translate(ConfigNode answer, string service, V1Context context)
    {
        // The first of two hosts with one address counts.
        var known = new HashSet<(IPAddress, string)>();
        var zones = answer.ItemsOf("hosts")
            .Where(host => Address(host, context) is { } address && known.Add((address, host.TextOf("port"))))
            .GroupBy(static host => host.Get("tags")?.TextOf("az") ?? "", StringComparer.Ordinal)
            .OrderBy(static zone => zone.Key, StringComparer.Ordinal);
        return V3Map.At(answer)
            .With("cluster_name", service)
            .With("endpoints", zones.Select(zone => V3Map.At(answer)
                .With("locality", V3Map.At(answer).With("zone", zone.Key))
                .With("lb_endpoints", zone.Select(Host))
                .ToNode()))
            .ToNode();
    }

    private static IPAddress? Address(ConfigNode host, V1Context context)
    {
        var address = host.Get("ip_address")!;
        if (IPAddress.TryParse(address.Text, out var parsed))
        {
            return parsed;
        }

        context.Fault(address, "address", $"malformed IP address: {address.Text}");
        return null;
    }

    private static ConfigNode Host(ConfigNode host)
    {
        var tags = host.Get("tags");
        var socket = V3Map.At(host).With("address", host.Get("ip_address")).With("port_value", host.Get("port"));
        var member = V3Map.At(host)
            .With("endpoint", V3Map.At(host).With("address", V3Map.At(host).With("socket_address", socket)))
            .With("load_balancing_weight", tags?.Get("load_balancing_weight"));
        return tags?.Get("canary") is { } canary
            ? member.With("metadata", V3Map.At(canary).With("filter_metadata", V3Map.At(canary).With("envoy.lb", V3Map.At(canary).With("canary", canary)))).ToNode()
            : member.ToNode();
    }
}
