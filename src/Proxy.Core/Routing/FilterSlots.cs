using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Routing;

/// <summary>Compiles per-filter configuration and merges the levels, by place of the filter in the chain.</summary>
internal sealed class FilterSlots
{
    private readonly RouteTableContext _context;
    private readonly FaultList _faults;

    public FilterSlots(RouteTableContext context, FaultList faults)
    {
        _context = context;
        _faults = faults;
    }

    /// <summary>One level: what it says about each filter of the chain, null where it says nothing. Names that are not in the chain are let pass.</summary>
    public FilterRouteConfig?[] Compile(ConfigList<PerFilterConfig> configs, string path)
    {
        if (configs.Count == 0)
        {
            return [];
        }

        var slots = new FilterRouteConfig?[_context.Filters.Count];
        foreach (var config in configs)
        {
            for (var i = 0; i < slots.Length; i++)
            {
                if (_context.Filters[i].Name == config.FilterName)
                {
                    slots[i] = FilterRouteConfig.Of(Prepare(config, _context.Filters[i], path), !config.Disabled);
                }
            }
        }

        return slots;
    }

    /// <summary>The most specific word on each filter; levels come most specific first.</summary>
    public FilterRouteConfig[] Merge(params ReadOnlySpan<FilterRouteConfig?[]> levels)
    {
        FilterRouteConfig[] merged = [];
        foreach (var level in levels)
        {
            if (level.Length > 0 && merged.Length == 0)
            {
                merged = new FilterRouteConfig[_context.Filters.Count];
            }

            for (var i = 0; i < level.Length; i++)
            {
                if (level[i] is { } said)
                {
                    merged[i] = merged[i].Under(said);
                }
            }
        }

        return merged;
    }

    private object? Prepare(PerFilterConfig config, FilterConfig filter, string path)
    {
        if (config.Config is null || _context.Factory is not { } proxy)
        {
            return config.Config;
        }

        try
        {
            return _context.FindFactory(filter, config.Config) is { } factory ? factory.PrepareRouteConfig(config.Config, proxy) : config.Config;
        }
        catch (ConfigException exception)
        {
            var dot = path.Length == 0 ? "" : ".";
            _faults.Add($"{path}{dot}typed_per_filter_config[{config.FilterName}]", exception);
            return null;
        }
    }
}
