using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Listeners.Inspection;

/// <summary>Makes <see cref="HttpInspectorFilter"/>s.</summary>
internal sealed class HttpInspectorFilterFactory : IListenerFilterFactory
{
    public Type ConfigType => typeof(HttpInspectorConfig);

    public Func<Worker, ListenerFilter> Prepare(object config, FilterFactoryContext context)
    {
        var stats = context.Stats.CreateGroup(HttpInspectorStats.Schema, "http_inspector.");
        return worker => new HttpInspectorFilter(stats.Shard(worker));
    }
}

/// <summary>Stats of HTTP inspectors, under <c>http_inspector.</c></summary>
internal static class HttpInspectorStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Http10Found = Schema.Counter("http10_found");
    public static readonly CounterId Http11Found = Schema.Counter("http11_found");
    public static readonly CounterId Http2Found = Schema.Counter("http2_found");
    public static readonly CounterId NotFound = Schema.Counter("http_not_found");
}
