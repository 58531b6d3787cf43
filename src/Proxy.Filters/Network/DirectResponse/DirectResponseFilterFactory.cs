using Proxy.Configuration.Filters;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Filters.Network.DirectResponse;

/// <summary>Makes filters that send a text and close (<see cref="DirectResponseConfig"/>).</summary>
internal sealed class DirectResponseFilterFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(DirectResponseConfig);

    /// <inheritdoc />
    public bool IsTerminal => true;

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        var response = ((DirectResponseConfig)config).Response.AsSpan().ToArray();
        return _ => new DirectResponseFilter(response);
    }
}
