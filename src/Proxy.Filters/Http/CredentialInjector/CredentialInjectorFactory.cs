using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.CredentialInjector;

/// <summary>Makes the filter that adds a credential to requests (<see cref="CredentialInjectorConfig"/>).</summary>
internal sealed class CredentialInjectorFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(CredentialInjectorConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stats = context.Stats.CreateGroup(CredentialInjectorModel.Schema, $"{context.StatPrefix}credential_injector.");
        var model = CredentialInjectorModel.Compile((CredentialInjectorConfig)config, context);
        return worker => new CredentialInjectorFilter(model, stats.Shard(worker));
    }
}
