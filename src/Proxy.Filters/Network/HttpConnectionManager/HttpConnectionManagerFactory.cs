using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Listeners;
using Proxy.Http.H1;
using Proxy.Http.H2;
using Proxy.Routing;
using Proxy.Routing.Matching;
using Proxy.Routing.Scopes;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Makes connection managers (Envoy <c>envoy.filters.network.http_connection_manager</c>).</summary>
internal sealed class HttpConnectionManagerFactory : INetworkFilterFactory
{
    /// <inheritdoc />
    public Type ConfigType => typeof(HttpConnectionManagerConfig);

    /// <inheritdoc />
    public bool IsTerminal => true;

    /// <inheritdoc />
    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var model = Compile((HttpConnectionManagerConfig)config, context);
        return worker => new HttpConnection(model.For(worker));
    }

    /// <summary>Checks and compiles a connection manager.</summary>
    /// <exception cref="ConfigException">It breaks rules; all of them are listed.</exception>
    internal static HttpManagerModel Compile(HttpConnectionManagerConfig config, FilterFactoryContext context)
    {
        var faults = new FaultList();
        context = context with { StatPrefix = $"http.{config.StatPrefix}." };
        HttpManagerValidator.Check(config, faults);
        var filters = HttpFilterChainModel.Compile(config.Filters, context, faults);
        var routes = Try(faults, "route_config", () => Routes(config, context));
        var logs = Try(faults, "access_log", () => context.AccessLogs.Create(config.AccessLogs));
        var replies = LocalReplyModel.Compile(config, context.Formats, context.Runtime, faults);
        var early = HeaderMutations.Compile(config.EarlyMutations, request: true, context.Formats, "early_header_mutation_extensions", faults);
        var upgrades = Upgrades.Compile(config.Upgrades, context, faults);
        var status = ProxyStatus.Compile(config, context.Node.Id, faults);
        var options = ServerOptions(config, UpgradeMatchers.Compile(config.Http1, "http_protocol_options", faults));
        faults.ThrowIfAny();

        return new HttpManagerModel(config)
        {
            Filters = filters,
            Routes = routes!,
            Upgrades = upgrades,
            Requests = new RequestMutator(config, context.Node.Cluster, context.Node.Id, headers => routes!.Of(headers).RemoveInternalOnlyHeaders(headers)) { Early = early },
            Drain = context.Drain,
            Stats = context.Stats.CreateGroup(HttpStats.Schema, context.StatPrefix),
            ListenerStats = context.Listener is { } listener
                ? context.Stats.CreateGroup(ListenerHttpStats.Schema, $"listener.{ListenerState.StatName(listener)}.{context.StatPrefix}")
                : null,
            CodecStats = context.Stats.CreateGroup(Http1Stats.Schema, Http1Stats.Prefix),
            Http2CodecStats = context.Stats.CreateGroup(Http2Stats.Schema, Http2Stats.Prefix),
            Http2 = Http2ServerOptions(config),
            CreateCodec = (transport, owner) => new Http1ServerCodec(transport, owner, options),
            AccessLogs = [.. logs!],
            LocalReplies = replies,
            ProxyStatus = status,
        };
    }

    private static RouteTables Routes(HttpConnectionManagerConfig config, FilterFactoryContext context)
    {
        var surroundings = RouteTableContext.For(context, config.Filters);
        if (config.ScopedRoutes is { } scoped)
        {
            return ScopeDiscovery.Watch(scoped, table => RouteTable.Compile(table, surroundings), context);
        }

        return config.RouteDiscovery is { } discovery && context is { Routes: { } tables, Scope: not null }
            ? tables.Watch(discovery, table => RouteTable.Compile(table, surroundings), context)
            : new RouteTableSource(Compile(config.Routes, surroundings, context));
    }

    private static RouteTable Compile(RouteTableConfig config, RouteTableContext surroundings, FilterFactoryContext context)
    {
        return context switch
        {
            { PreparedRoutes: null } => RouteTable.Compile(config, surroundings),
            { PreparedRoutes: { } prepared, Scope: null } => prepared.Check(config, surroundings),
            { PreparedRoutes: { } prepared } => prepared.Take(config, surroundings),
        };
    }

    private static Http1ServerOptions ServerOptions(HttpConnectionManagerConfig config, TextMatcher[] ignoredUpgrades)
    {
        return new Http1ServerOptions
        {
            MaxHeadBytes = config.MaxRequestHeadersKilobytes * 1024,
            MaxHeadersCount = config.MaxHeadersCount,
            AllowAbsoluteUrl = config.Http1.AllowAbsoluteUrl,
            AcceptHttp10 = config.Http1.AcceptHttp10,
            DefaultHostForHttp10 = config.Http1.DefaultHostForHttp10,
            AllowChunkedLength = config.Http1.AllowChunkedLength,
            EnableTrailers = config.Http1.EnableTrailers,
            AllowCustomMethods = config.Http1.AllowCustomMethods,
            ProperCase = config.Http1.Spelling.Spelling == HeaderSpelling.ProperCase,
            KeepsNames = config.Http1.Spelling.Spelling == HeaderSpelling.Preserved,
            ProperCaseForOwn = config.Http1.Spelling.ProperCaseForOwn,
            IgnoredUpgrades = ignoredUpgrades,
            StreamErrorOnInvalidMessage = config.Http1.StreamErrorOnInvalidMessage ?? config.StreamErrorOnInvalidMessage,
            HeadersWithUnderscores = Underscores(config),
        };
    }

    private static Http2Options Http2ServerOptions(HttpConnectionManagerConfig config)
    {
        return new Http2Options
        {
            Config = config.Http2,
            MaxHeadBytes = config.MaxRequestHeadersKilobytes * 1024,
            MaxHeadersCount = config.MaxHeadersCount,
            HeadersWithUnderscores = Underscores(config),
            StreamErrorOnInvalidMessage = config.Http2.StreamErrorOnInvalidMessage ?? config.StreamErrorOnInvalidMessage,
        };
    }

    private static HeadersWithUnderscoresAction Underscores(HttpConnectionManagerConfig config) => config.HeadersWithUnderscores switch
    {
        UnderscoresAction.RejectRequest => HeadersWithUnderscoresAction.RejectRequest,
        UnderscoresAction.DropHeader => HeadersWithUnderscoresAction.DropHeader,
        _ => HeadersWithUnderscoresAction.Allow,
    };

    private static T? Try<T>(FaultList faults, string path, Func<T> compile)
        where T : class
    {
        try
        {
            return compile();
        }
        catch (ConfigException exception)
        {
            faults.Add(path, exception);
            return null;
        }
    }
}
