using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Admin.Grpc;

/// <summary>Makes the filter of the admin listener that answers gRPC calls.</summary>
internal sealed class AdminGrpcFilterFactory : IHttpFilterFactory
{
    public Type ConfigType => typeof(AdminGrpcFilterConfig);

    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        var server = context.Server ?? throw new ConfigException("", "the admin filter needs a proxy to look at");
        var status = (IClientStatusSource?)context.Services.GetService(typeof(IClientStatusSource));
        var methods = (status is null ? [] : ClientStatusService.Methods(status, server)).ToDictionary(static method => method.Path, StringComparer.Ordinal);
        var allowed = AllowedPaths.Compile(((AdminGrpcFilterConfig)config).AllowPaths);
        return _ => new AdminGrpcFilter(methods, allowed);
    }
}
