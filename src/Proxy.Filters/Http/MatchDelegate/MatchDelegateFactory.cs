using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Matching;
using Proxy.Hosting;
using Proxy.Matching;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.MatchDelegate;

/// <summary>Makes filters that a matcher may leave out (<see cref="MatchDelegateConfig"/>).</summary>
internal sealed class MatchDelegateFactory : IHttpFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(MatchDelegateConfig);

    /// <inheritdoc />
    public Type RouteConfigType => typeof(MatchDelegateRouteConfig);

    /// <inheritdoc />
    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (filter, matcher) = (MatchDelegateConfig)config;
        var factory = context.Filters.Http(filter);
        var faults = new FaultList();
        if (factory.IsTerminal)
        {
            faults.Add("extension_config", $"'{filter.Name}' is a terminal filter, which nothing may leave out");
        }

        var tree = Compile(matcher, context, faults);
        var create = Prepare(factory, filter, context, faults);
        faults.ThrowIfAny();
        return worker => new MatchDelegateFilter(create!(worker), tree);
    }

    /// <inheritdoc />
    public object PrepareRouteConfig(object config, FilterFactoryContext context)
    {
        if (config is not MatchDelegateRouteConfig route)
        {
            throw new ConfigException("", "must be a matcher: routes say nothing to the filter behind it");
        }

        var faults = new FaultList();
        var matcher = Compile(route.Matcher, context, faults);
        faults.ThrowIfAny();
        return new MatchDelegateRoute(matcher);
    }

    private static Matcher<SkipFilterConfig>? Compile(MatcherConfig? config, FilterFactoryContext context, FaultList faults)
    {
        return config is null ? null : new MatcherCompiler<SkipFilterConfig>(MatchInputs.OfStreams, Action, faults)
        {
            Runtime = context.Runtime,
            Stats = context.Stats,
        }.Compile(config, "xds_matcher");

        SkipFilterConfig? Action(object action, string path)
        {
            if (action is not SkipFilterConfig)
            {
                faults.Add(path, "must leave the filter out");
            }

            return action as SkipFilterConfig;
        }
    }

    private static Func<Worker, HttpFilter>? Prepare(IHttpFilterFactory factory, FilterConfig filter, FilterFactoryContext context, FaultList faults)
    {
        try
        {
            return factory.Prepare(filter.Config, context);
        }
        catch (ConfigException exception)
        {
            faults.Add("extension_config", exception);
            return null;
        }
    }
}

/// <summary>What a route says: its matcher, or none.</summary>
internal sealed record MatchDelegateRoute(Matcher<SkipFilterConfig>? Matcher);
