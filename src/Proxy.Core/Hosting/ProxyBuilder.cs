using Microsoft.Extensions.DependencyInjection;

namespace Proxy.Hosting;

internal sealed record ProxyBuilder(string Name, IServiceCollection Services) : IProxyBuilder;
