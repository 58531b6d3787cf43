using System.Globalization;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates the criteria of routes of <c>tcp_proxy</c> to those of filter chains.</summary>
/// <remarks>v1 takes the first route that fits, v3 the chain that fits best: the two agree only where no connection fits two of them.</remarks>
internal static class TcpRoutes
{
    private const int MaxChains = 1024;

    private static readonly string[] Criteria = ["destination_ip_list", "destination_ports", "source_ip_list", "source_ports"];

    /// <summary>Whether a route is for some connections only; an empty list is as good as none.</summary>
    public static bool HasCriteria(ConfigNode route) => CriteriaOf(route).Any();

    /// <summary>Refuses routes among which the order decides.</summary>
    public static void CheckOrder(List<ConfigNode> routes, V1Context context)
    {
        if (routes.Count < 2)
        {
            return;
        }

        var first = CriteriaOf(routes[0]).ToArray();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            // One kind of criterion, and no value twice: then at most one route fits.
            var isAlone = first is ["destination_ports" or "source_ports"] && CriteriaOf(route).SequenceEqual(first);
            if (!isAlone || !Ports(route.Get(first[0])!, context).All(port => known.Add(port.ToString(CultureInfo.InvariantCulture))))
            {
                context.Unsupported(route, "several routes are told apart by ports alone, and no port may be in two of them: v3 does not try them in their order");
                return;
            }
        }
    }

    /// <summary>The v3 criteria of a route; several, as a chain has one destination port.</summary>
    public static IEnumerable<V3Map> Matches(ConfigNode route, V1Context context)
    {
        var destinations = route.Get("destination_ports") is { } ports ? Ports(ports, context) : [];
        if (destinations.Count > MaxChains)
        {
            context.Unsupported(route.Get("destination_ports")!, $"more than {MaxChains} ports: each is a filter chain of its own");
            return [];
        }

        return destinations.Count == 0 ? [Match(route, context)] : destinations.Select(port => Match(route, context).With("destination_port", port));
    }

    private static V3Map Match(ConfigNode route, V1Context context)
    {
        var match = V3Map.At(route)
            .With("prefix_ranges", Addresses.Ranges(route.ItemsOf("destination_ip_list"), context))
            .With("source_prefix_ranges", Addresses.Ranges(route.ItemsOf("source_ip_list"), context));
        return route.Get("source_ports") is { } ports
            ? match.With("source_ports", Ports(ports, context).Select(port => ConfigNode.Scalar(NodeKind.Number, ports.Position, port.ToString(CultureInfo.InvariantCulture))))
            : match;
    }

    private static IEnumerable<string> CriteriaOf(ConfigNode route) => Criteria.Where(key => route.Get(key) is { } value && (value.Kind != NodeKind.List || value.Items.Count > 0));

    // As in 1-1024,2048-4096,12345.
    private static List<int> Ports(ConfigNode text, V1Context context)
    {
        var ports = new List<int>();
        foreach (var part in text.Text.Split(','))
        {
            var bounds = part.Split('-');
            if (bounds.Length <= 2 && IsPort(bounds[0], out var low) && IsPort(bounds[^1], out var high) && low <= high)
            {
                ports.AddRange(Enumerable.Range(low, high - low + 1));
            }
            else
            {
                context.Fault(text, "ports", $"invalid port number or range '{part}'");
            }
        }

        return ports;
    }

    private static bool IsPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
