using Proxy.Configuration.Clusters;

namespace Proxy.Discovery.V3.Clusters;

/// <summary>Makes clusters share what they have in common: with thousands of them most settings are the defaults, again and again.</summary>
internal static class SharedSettings
{
    private static readonly ClusterConfig Defaults = new() { Name = "" };

    public static ClusterConfig Share(ClusterConfig config) => config with
    {
        LeastRequest = One(config.LeastRequest, Defaults.LeastRequest),
        Hashing = One(config.Hashing, Defaults.Hashing),
        DefaultBreaker = One(config.DefaultBreaker, Defaults.DefaultBreaker),
        HighBreaker = One(config.HighBreaker, Defaults.DefaultBreaker),
        Dns = One(config.Dns, Defaults.Dns),
        Http = config.Http == Defaults.Http ? Defaults.Http : Share(config.Http),
        Socket = One(config.Socket, Defaults.Socket),
        Transport = One(config.Transport, Defaults.Transport),
        OriginalDestination = One(config.OriginalDestination, Defaults.OriginalDestination),
    };

    private static UpstreamHttpConfig Share(UpstreamHttpConfig config) => config with
    {
        Http1 = One(config.Http1, Defaults.Http.Http1),
        Http2 = One(config.Http2, Defaults.Http.Http2),
    };

    private static T One<T>(T settings, T common)
        where T : class => settings.Equals(common) ? common : settings;
}
