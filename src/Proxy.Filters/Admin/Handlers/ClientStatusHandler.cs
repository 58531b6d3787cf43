using Proxy.Configuration;
using Proxy.Hosting;

namespace Proxy.Filters.Admin.Handlers;

/// <summary><c>/v3/discovery:client_status</c>: how every resource stands, as the REST form of client status discovery (CSDS).</summary>
internal sealed class ClientStatusHandler(IClientStatusSource source, ProxyServer server) : IAdminHandler
{
    /// <summary>The most that a request may have: it names nodes, of which there is one.</summary>
    public const int MaxRequestBytes = 64 * 1024;

    public string Path => "/v3/discovery:client_status";

    public string Help => "client status of every resource (CSDS); a body may be a ClientStatusRequest";

    public bool ChangesState => false;

    public int MaxBodyBytes => MaxRequestBytes;

    public AdminResponse Handle(AdminRequest request)
    {
        try
        {
            return AdminResponse.Json(source.Answer(request.Body, MessageEncoding.Json, server));
        }
        catch (ConfigException e)
        {
            return AdminResponse.Error(400, e.Message + "\n");
        }
    }
}
