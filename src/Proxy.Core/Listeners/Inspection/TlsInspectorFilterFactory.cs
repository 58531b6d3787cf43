using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Listeners.Inspection;

/// <summary>Makes <see cref="TlsInspectorFilter"/>s.</summary>
internal sealed class TlsInspectorFilterFactory : IListenerFilterFactory
{
    public Type ConfigType => typeof(TlsInspectorConfig);

    public Func<Worker, ListenerFilter> Prepare(object config, FilterFactoryContext context)
    {
        var settings = (TlsInspectorConfig)config;
        if (settings.MaxHelloSize is <= 0 or > TlsInspectorConfig.LongestHello)
        {
            throw new ConfigException("max_client_hello_size", $"must be between 1 and {TlsInspectorConfig.LongestHello}");
        }

        var stats = context.Stats.CreateGroup(TlsInspectorStats.Schema, "tls_inspector.");
        return worker => new TlsInspectorFilter(settings, stats.Shard(worker));
    }
}
