using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;

namespace Proxy.Hosting;

/// <summary>The admin interface as a listener: our own HTTP stack on main's event loop, with the admin filter at its end.</summary>
internal static class AdminListenerConfig
{
    public static ListenerConfig For(AdminConfig admin) => new()
    {
        Name = "admin",
        StatPrefix = "admin",
        Addresses = [admin.Address],
        Socket = admin.Socket,
        FilterChains =
        [
            new FilterChainConfig
            {
                Filters =
                [
                    new FilterConfig("envoy.filters.network.http_connection_manager", new HttpConnectionManagerConfig
                    {
                        StatPrefix = "admin",
                        AccessLogs = admin.AccessLogs,
                        GenerateRequestId = false,
                        UseRemoteAddress = true,
                        Http1 = new Http1Config { AcceptHttp10 = true },
                        Filters =
                        [
                            new FilterConfig("admin_grpc", new AdminGrpcFilterConfig { AllowPaths = admin.AllowPaths }), // in front: what it does not answer is plain HTTP
                            new FilterConfig("envoy.filters.http.admin", new AdminFilterConfig { AllowPaths = admin.AllowPaths }),
                        ],
                    }),
                ],
            },
        ],
    };
}
