using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Makes <see cref="ProxyProtocolFilter"/>s.</summary>
internal sealed class ProxyProtocolFilterFactory : IListenerFilterFactory
{
    public Type ConfigType => typeof(ProxyProtocolConfig);

    public Func<Worker, ListenerFilter> Prepare(object config, FilterFactoryContext context)
    {
        var settings = (ProxyProtocolConfig)config;
        if (settings is { DisallowVersion1: true, DisallowVersion2: true })
        {
            throw new ConfigException("disallowed_versions", "both versions are disallowed, so that no connection could pass");
        }

        var stats = new ProxyProtocolStats(context.Stats, settings.StatPrefix);
        return worker =>
        {
            var (own, root) = stats.On(worker);
            return new ProxyProtocolFilter(settings, own, root);
        };
    }
}
