using Proxy.Clusters;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/clusters</c>: limits, hosts and what each host has done.</summary>
internal sealed class ClustersHandler(ClusterManager clusters) : IAdminHandler
{
    public string Path => "/clusters";

    public string Help => "upstream cluster status (format=text|json, filter)";

    public bool ChangesState => false;

    public AdminResponse Handle(AdminRequest request)
    {
        if (!NameFilter.TryCompile(request.Query.Get("filter"), invert: false, out var wanted, out var fault))
        {
            return AdminResponse.Error(400, fault);
        }

        var known = clusters is ProxyClusterManager manager ? manager.Clusters.Where(cluster => wanted is null || wanted(cluster.Config.Name)) : [];
        return request.Query.Get("format") == "json"
            ? AdminResponse.Json(AdminJson.Write(json => ClustersJson.Write(json, known)))
            : AdminResponse.Text(ClustersText.Of(known));
    }
}
