using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Hosting;
using Proxy.Workers;

namespace Proxy.Resources.Extensions;

/// <summary>A filter of one chain whose configuration comes from elsewhere. On main.</summary>
/// <typeparam name="TFilter">Kind of filter.</typeparam>
internal sealed class ExtensionUse<TFilter> : IExtensionUse
{
    private readonly DiscoveredFilterConfig _discovery;
    private readonly FilterFactoryContext _context;
    private readonly Func<object, FilterFactoryContext, Func<Worker, TFilter>> _compile;
    private readonly Action _ready;
    private ResourceScope? _active;
    private ResourceScope? _warming;
    private ResourceScope? _prepared;

    /// <param name="discovery">What the chain says.</param>
    /// <param name="context">What the filter is compiled against.</param>
    /// <param name="compile">Compiles a record; throws what is wrong with it here.</param>
    /// <param name="ready">Tells the chain that it need not wait.</param>
    public ExtensionUse(
        DiscoveredFilterConfig discovery, FilterFactoryContext context, Func<object, FilterFactoryContext, Func<Worker, TFilter>> compile, Action ready)
    {
        (_discovery, _context, _compile, _ready) = (discovery, context, compile, ready);
    }

    /// <summary>Where the chain finds the filter.</summary>
    public FilterSource<TFilter> Source { get; } = new(null);

    public Action Prepare(ExtensionConfig config)
    {
        if (!_discovery.TypeNames.Contains(config.TypeName))
        {
            throw new ConfigException("typed_config", $"is {config.TypeName} where {string.Join(" or ", _discovery.TypeNames)} may stand");
        }

        return Compile(config.Config);
    }

    public void UseDefault()
    {
        if (_discovery.Default is { } config)
        {
            Compile(config)();
            return;
        }

        Source.Current = null;
        Release(ref _warming);
        Release(ref _active);
    }

    public void MarkReady()
    {
        if (_warming is null)
        {
            _ready();
        }
    }

    public void Dispose()
    {
        Release(ref _prepared);
        Release(ref _warming);
        Release(ref _active);
    }

    // What the filter itself waits for, such as a route table, is there before it takes the place of the former one.
    private Action Compile(object config)
    {
        Release(ref _prepared);
        var scope = _prepared = new ResourceScope();
        var create = _compile(config, _context with { Scope = scope });
        return () => Warm(create, scope);
    }

    private void Warm(Func<Worker, TFilter> create, ResourceScope scope)
    {
        Release(ref _warming);
        (_warming, _prepared) = (scope, null);
        scope.WhenReady(() =>
        {
            Source.Current = create;
            Release(ref _active);
            (_active, _warming) = (scope, null);
            _ready();
        });
    }

    private static void Release(ref ResourceScope? scope)
    {
        scope?.Dispose();
        scope = null;
    }
}
