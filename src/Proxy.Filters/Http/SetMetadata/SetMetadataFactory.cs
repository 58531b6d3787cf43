using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.SetMetadata;

/// <summary>Makes the filter that gives requests dynamic metadata (<see cref="SetMetadataConfig"/>).</summary>
internal sealed class SetMetadataFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(SetMetadataConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stats = context.Stats.CreateGroup(SetMetadataModel.Schema, $"{context.StatPrefix}set_metadata.");
        var model = SetMetadataModel.Compile((SetMetadataConfig)config);
        return worker => new SetMetadataFilter(model, stats.Shard(worker));
    }
}
