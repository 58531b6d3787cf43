using System.Globalization;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates route tables, of a connection manager or of an RDS answer.</summary>
internal static class RouteTables
{
    public const string Objects =
        """
        route_config
          validate_clusters bool
          virtual_hosts! list virtual_host
          internal_only_headers list text
          response_headers_to_add nonempty unique list header
          response_headers_to_remove list text
          request_headers_to_add nonempty unique list header
        header
          key! text
          value! text
        virtual_host
          name! text
          domains! list text
          routes! list route
          require_ssl all|external_only
          virtual_clusters nonempty list virtual_cluster
          rate_limits list rate_limit
          request_headers_to_add nonempty unique list header
          cors cors
        virtual_cluster
          pattern! text
          name! text
          method text
        """;

    /// <summary>The v3 table.</summary>
    public static V3Map Translate(ConfigNode table, V1Context context) => V3Map.At(table)
        .Copy(table, "validate_clusters", "internal_only_headers", "response_headers_to_remove")
        .With("response_headers_to_add", Additions(table.ItemsOf("response_headers_to_add")))
        .With("request_headers_to_add", Additions(table.ItemsOf("request_headers_to_add")))
        .With("virtual_hosts", Hosts(table, context));

    /// <summary>Headers that are appended.</summary>
    public static IEnumerable<ConfigNode?> Additions(IEnumerable<ConfigNode> headers) => headers.Select(static header =>
    {
        var value = header.Get("value")!;
        var text = value.Text.Replace("%CLIENT_IP%", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", StringComparison.Ordinal);
        return V3Map.At(header)
            .With("header", V3Map.At(header).Copy(header, "key").With("value", value.As(text)))
            .With("append_action", "APPEND_IF_EXISTS_OR_ADD")
            .ToNode();
    });

    private static IEnumerable<ConfigNode?> Hosts(ConfigNode table, V1Context context)
    {
        // v1 took the first of two equal suffixes without a word.
        var suffixes = new HashSet<string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var host in table.ItemsOf("virtual_hosts"))
        {
            var domains = host.Get("domains")!;
            List<ConfigNode> kept = [.. domains.Items.Where(domain => domain.Text is not ['*', _, ..] || suffixes.Add(domain.Text))];
            if (kept.Count > 0)
            {
                yield return Host(host, Name(host.Get("name")!, names), ConfigNode.List(domains.Position, kept), context);
            }
            else
            {
                context.Warn(host, "is left out: it has no domain that is not a virtual host's before it");
            }
        }
    }

    // Hosts of one name shared their counters in v1; in v3 names differ.
    private static ConfigNode Name(ConfigNode name, HashSet<string> known)
    {
        var text = name.Text;
        for (var number = 2; !known.Add(text); number++)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"{name.Text}_{number}");
        }

        return name.As(text);
    }

    private static ConfigNode Host(ConfigNode host, ConfigNode name, ConfigNode domains, V1Context context) => V3Map.At(host)
        .With("name", name)
        .With("domains", domains)
        .With("require_tls", host.Upper("require_ssl"))
        .With("request_headers_to_add", Additions(host.ItemsOf("request_headers_to_add")))
        .With("virtual_clusters", host.ItemsOf("virtual_clusters").Select(VirtualCluster))
        .With("rate_limits", context.LimitsRates ? RateLimits.Translate(host.ItemsOf("rate_limits")) : [])
        .With("typed_per_filter_config", Cors.Translate(host.Get("cors")))
        .With("routes", host.ItemsOf("routes").Select(route => Routes.Translate(route, context)))
        .ToNode();

    private static ConfigNode VirtualCluster(ConfigNode cluster)
    {
        var pattern = cluster.Get("pattern")!;
        var headers = new List<ConfigNode> { V3Map.At(pattern).With("name", ":path").With("string_match", HeaderMatchers.Pattern(pattern)).ToNode() };
        if (cluster.Get("method") is { } method)
        {
            headers.Add(V3Map.At(method).With("name", ":method").With("string_match", V3Map.At(method).With("exact", method)).ToNode());
        }

        return V3Map.At(cluster).Copy(cluster, "name").With("headers", headers).ToNode();
    }
}
