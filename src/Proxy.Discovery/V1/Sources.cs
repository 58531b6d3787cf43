using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.V1;

/// <summary>Translates where resources come from. v3 has no word for the v1 services: their address stands where v3 has the path of a file.</summary>
internal static class Sources
{
    public const string Objects =
        """
        lds
          cluster! nonempty text
          refresh_delay_ms 1..
          api_type REST_LEGACY|REST|GRPC
        rds
          cluster! nonempty text
          route_config_name! nonempty text
          refresh_delay_ms 1..
          api_type REST_LEGACY|REST|GRPC
        """;

    private const long DefaultDelay = 30_000;

    /// <summary>The address of a service.</summary>
    /// <param name="api">What it is asked for.</param>
    /// <param name="source">The block with <c>refresh_delay_ms</c>.</param>
    /// <param name="cluster">The cluster behind which it is.</param>
    /// <param name="hosts">Address of the service of hosts; null for none.</param>
    public static string Of(SourceApi api, ConfigNode source, string cluster, string? hosts = null)
    {
        var delay = source.Get("refresh_delay_ms") is { } given ? given.ToNumber() : DefaultDelay;
        return new SourceAddress(api, cluster, TimeSpan.FromMilliseconds(delay)) { Hosts = hosts }.ToString();
    }

    /// <summary>A v3 source with that address.</summary>
    public static V3Map Config(ConfigNode at, string address) => V3Map.At(at).With("path_config_source", V3Map.At(at).With("path", address));

    /// <summary>The source of an <c>rds</c> block, which may ask for one of v2's protocols, which are gone.</summary>
    public static V3Map? OfRoutes(ConfigNode block, V1Context context)
    {
        if (block.Get("api_type") is { Text: not "REST_LEGACY" } type)
        {
            context.Unsupported(type, $"{type.Text} is the protocol of v2, which is no longer spoken");
            return null;
        }

        context.CheckService(block.Get("cluster")!, "rds");
        return Config(block, Of(SourceApi.Routes, block, block.TextOf("cluster")));
    }
}
