using System.Net;
using Proxy.Clusters;
using Proxy.Configuration.Clusters;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Rest;

/// <summary>Sends requests to a cluster, on connections that the proxy's own cluster makes.</summary>
internal static class RestChannel
{
    /// <summary>A client of one cluster.</summary>
    public static HttpMessageInvoker Create(ResourceContext context, string cluster)
    {
        var connector = new ClusterConnector(context.Clusters, context.Main);
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => await connector.ConnectAsync(cluster, cancellation).ConfigureAwait(false),
            ConnectTimeout = System.Threading.Timeout.InfiniteTimeSpan, // the cluster has its own
            MaxConnectionsPerServer = 1,
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Has a request speak what the cluster speaks: HTTP/2 with prior knowledge, or HTTP/1.</summary>
    public static void Version(HttpRequestMessage request, ResourceContext context, string cluster)
    {
        var speaks = context.Clusters.Find(context.Main, cluster)?.Config.Http.Protocol;
        request.Version = speaks == UpstreamProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    /// <summary>The name of a cluster where a host has to stand; a cluster's name need not be one.</summary>
    public static string AuthorityOf(string cluster) =>
        Uri.TryCreate("http://" + cluster, UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" ? cluster : "control-plane";
}
