using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.Echo;

/// <summary>Makes filters that send back what comes (<see cref="EchoConfig"/>).</summary>
internal sealed class EchoFilterFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(EchoConfig);

    /// <inheritdoc />
    public bool IsTerminal => true;

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context) => static _ => new EchoFilter();
}
