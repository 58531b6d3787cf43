using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Matching;
using Proxy.Routing.Actions;

namespace Proxy.Routing;

/// <summary>Compiles one route table, collecting every fault on the way.</summary>
internal sealed class RouteTableCompiler
{
    private static readonly uint[] OneWeight = [1];

    private readonly RouteTableConfig _config;
    private readonly RouteTableContext _context;
    private readonly FaultList _faults = new();
    private readonly FilterSlots _slots;
    private readonly ActionCompiler _actions;

    public RouteTableCompiler(RouteTableConfig config, RouteTableContext context)
    {
        _config = config;
        _context = context;
        _slots = new FilterSlots(context, _faults);
        _actions = new ActionCompiler(config, context, _faults);
    }

    /// <exception cref="ConfigException">There are faults.</exception>
    public RouteTable Compile()
    {
        var index = new VirtualHostIndex();
        var table = Level(_config.Edits, _config.PerFilter, "");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < _config.VirtualHosts.Count; i++)
        {
            var config = _config.VirtualHosts[i];
            var path = $"virtual_hosts[{i}]";
            if (config.Name.Length == 0 || !names.Add(config.Name))
            {
                _faults.Add($"{path}.name", config.Name.Length == 0 ? "must not be empty" : $"Only unique names for virtual hosts are allowed: {config.Name}");
            }

            var host = CompileHost(config, table, path);
            for (var d = 0; d < config.Domains.Count; d++)
            {
                index.Add(config.Domains[d], host, $"{path}.domains[{d}]", _faults);
            }

            if (config.Domains.Count == 0)
            {
                _faults.Add($"{path}.domains", "must name at least one domain");
            }
        }

        _faults.ThrowIfAny();
        return new RouteTable(_config, index);
    }

    private VirtualHost CompileHost(VirtualHostConfig config, RouteLevel table, string path)
    {
        var host = new VirtualHost
        {
            Name = config.Name,
            RequireTls = config.RequireTls,
            VirtualClusters = VirtualClusters.Compile(config, _context, path, _faults),
            IncludeRequestAttemptCount = config.IncludeRequestAttemptCount,
            IncludeAttemptCountInResponse = config.IncludeAttemptCountInResponse,
            IncludeIsTimeoutRetryHeader = config.IncludeIsTimeoutRetryHeader,
            Metadata = MetadataTree.Compile(config.Metadata, $"{path}.metadata", _faults),
        };
        var level = Level(config.Edits, config.PerFilter, path);
        var routes = new RouteEntry[config.Routes.Count];
        for (var i = 0; i < routes.Length; i++)
        {
            routes[i] = CompileRouteOf(config.Routes, i, host, level, table, path);
        }

        host.Complete(routes, Matcher(config, host, level, table, path), new Route("", host, RedirectAction.ToTls, null, _slots.Merge(level.Filters, table.Filters)));
        return host;
    }

    private Matcher<RouteList>? Matcher(VirtualHostConfig config, VirtualHost host, RouteLevel level, RouteLevel table, string path)
    {
        if (config.Matcher is not { } matcher)
        {
            return null;
        }

        if (config.Routes.Count > 0)
        {
            _faults.Add($"{path}.matcher", "goes with no routes beside it");
        }

        return new MatcherCompiler<RouteList>(MatchInputs.OfRoutes, Action, _faults) { Runtime = _context.Runtime, Stats = _context.Factory?.Stats }
            .Compile(matcher, $"{path}.matcher");

        RouteList? Action(object action, string at)
        {
            switch (action)
            {
                case RouteConfig route:
                    var before = _faults.Count;
                    var only = new RouteList([CompileRoute(route, host, level, table)]);
                    _faults.Move(before, at);
                    return only;
                case RouteListConfig list:
                    return new RouteList([.. list.Routes.Select((_, i) => CompileRouteOf(list.Routes, i, host, level, table, at))]);
                default:
                    _faults.Add(at, "must be a route or a list of routes");
                    return null;
            }
        }
    }

    private RouteEntry CompileRouteOf(ConfigList<RouteConfig> configs, int i, VirtualHost host, RouteLevel hostLevel, RouteLevel table, string path)
    {
        var before = _faults.Count;
        var route = CompileRoute(configs[i], host, hostLevel, table);
        if (_faults.Count > before)
        {
            _faults.Move(before, $"{path}.routes[{i}]");
        }

        return route;
    }

    // Places of faults are relative to the route: no text is made for those that have none.
    private RouteEntry CompileRoute(RouteConfig config, VirtualHost host, RouteLevel hostLevel, RouteLevel table)
    {
        var match = RouteMatcher.Compile(config.Match, _context, "match", _faults);
        var level = Level(config.Edits, config.PerFilter, "");
        var metadata = MetadataTree.Compile(config.Metadata, "metadata", _faults);
        var stats = config.StatPrefix.Length == 0 ? null : _context.Factory?.Stats.CreateGroup(RouteStats.Schema, $"vhost.{host.Name}.route.{config.StatPrefix}.");
        if (config.Action is not ForwardActionConfig { WeightedClusters.Count: > 0 } forward)
        {
            return new RouteEntry(match, [Build(_actions.Compile(config.Action, match.Path), RouteLevel.None)], OneWeight);
        }

        var clusters = forward.WeightedClusters;
        var choices = new Route[clusters.Count];
        var weights = new uint[clusters.Count];
        for (var i = 0; i < choices.Length; i++)
        {
            var at = $"route.weighted_clusters.clusters[{i}]";
            weights[i] = clusters[i].Weight;
            choices[i] = Build(_actions.Compile(forward, clusters[i], match.Path, at), Level(clusters[i].Edits, clusters[i].PerFilter, at));
        }

        var total = weights.Sum(static weight => (long)weight);
        if (total is 0 or > uint.MaxValue)
        {
            _faults.Add("route.weighted_clusters", "the sum of the weights must be between 1 and 4294967295");
        }

        return new RouteEntry(match, choices, weights) { Pick = PickOf(forward), Live = LiveOf(forward, weights) };

        Route Build(RouteAction action, RouteLevel cluster)
        {
            var wins = _config.MostSpecificEditsWin;
            return new Route(config.Name, host, action, match, _slots.Merge(cluster.Filters, level.Filters, hostLevel.Filters, table.Filters))
            {
                RequestEdits = HeaderEditPlan.Of(cluster.Request, level.Request, hostLevel.Request, table.Request, wins),
                ResponseEdits = HeaderEditPlan.Of(cluster.Response, level.Response, hostLevel.Response, table.Response, wins),
                Metadata = metadata,
                Stats = stats,
                PerFilter = PerFilterOf(cluster, level, hostLevel, table),
            };
        }
    }

    private RuntimeWeights? LiveOf(ForwardActionConfig config, uint[] weights)
    {
        return config.WeightRuntimePrefix.Length == 0
            ? null
            : new RuntimeWeights(_context.Runtime, [.. config.WeightedClusters.Select(cluster => $"{config.WeightRuntimePrefix}.{cluster.Name}")], weights);
    }

    private WeightedPick? PickOf(ForwardActionConfig config)
    {
        if (config.WeightHeader is { Length: > 0 } header)
        {
            return WeightedPick.ByHeader(header);
        }

        return config.WeighsByHash && Hashing.RequestHash.Compile(config.HashPolicies, "route.hash_policy", _faults) is { } hash
            ? WeightedPick.ByHash(hash)
            : null;
    }

    private RouteLevel Level(HeaderEditsConfig edits, ConfigList<PerFilterConfig> filters, string path)
    {
        if (edits == HeaderEditsConfig.None && filters.Count == 0)
        {
            return RouteLevel.None;
        }

        return new RouteLevel(
            HeaderEdits.Compile(edits, request: true, _context.Formats, path, _faults),
            HeaderEdits.Compile(edits, request: false, _context.Formats, path, _faults),
            _slots.Compile(filters, path),
            filters);
    }

    private static ConfigList<PerFilterConfig>[]? PerFilterOf(params ReadOnlySpan<RouteLevel> levels)
    {
        List<ConfigList<PerFilterConfig>>? found = null;
        foreach (var level in levels)
        {
            if (level.PerFilter.Count > 0)
            {
                (found ??= []).Add(level.PerFilter);
            }
        }

        return found?.ToArray();
    }

    /// <summary>What one level (table, virtual host, route, weighted cluster) contributes to a route.</summary>
    private sealed record RouteLevel(HeaderEdits? Request, HeaderEdits? Response, FilterRouteConfig?[] Filters, ConfigList<PerFilterConfig> PerFilter)
    {
        public static RouteLevel None { get; } = new(null, null, [], []);
    }
}
