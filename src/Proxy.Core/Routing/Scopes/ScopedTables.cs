using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Workers;

namespace Proxy.Routing.Scopes;

/// <summary>The route tables of a connection manager with scopes.</summary>
internal sealed class ScopedTables : RouteTables, IDisposable
{
    private readonly ScopedRoutesConfig _config;
    private readonly Func<RouteTableConfig, RouteTable> _compile;
    private readonly FilterFactoryContext _context;
    private readonly ScopeKeyBuilder _builder;
    private readonly RouteTable _none;
    private readonly Dictionary<string, ScopeEntry> _prepared = new(StringComparer.Ordinal);
    private Dictionary<string, ScopeEntry> _entries = new(StringComparer.Ordinal);
    private volatile ScopeIndex _index;

    /// <param name="config">The scopes.</param>
    /// <param name="compile">Compiles a table for the manager's filters.</param>
    /// <param name="context">The manager's surroundings.</param>
    /// <exception cref="ConfigException">The key breaks rules.</exception>
    public ScopedTables(ScopedRoutesConfig config, Func<RouteTableConfig, RouteTable> compile, FilterFactoryContext context)
    {
        _config = config;
        _compile = compile;
        _context = context;
        _builder = ScopeKeyBuilder.Compile(config.Key);
        _none = compile(new RouteTableConfig());
        _index = new ScopeIndex(_builder, []);
    }

    /// <summary>Tells the manager that it need not wait.</summary>
    public Action Ready { get; set; } = static () => { };

    /// <summary>Scopes whose table is there or on its way. On main.</summary>
    public int ActiveCount => _entries.Values.Count(static entry => entry.Tables is not null);

    public override RouteTable Of(HeaderMap headers) => _index.Find(headers)?.Tables?.Current ?? _none;

    public override bool TryRequest(HeaderMap headers, Worker worker, Action done)
    {
        if (_index.Find(headers) is not { } entry)
        {
            return false;
        }

        if (entry.Tables is { } tables)
        {
            return tables.TryRequest(headers, worker, done);
        }

        _context.Main.Post(() => Load(entry, () => worker.Post(done)));
        return true;
    }

    /// <summary>Begins to watch the tables of scopes. On main.</summary>
    /// <returns>Puts the scopes in the place of the former ones.</returns>
    /// <exception cref="ConfigException">A table cannot be used here, or its source.</exception>
    public Action Prepare(IReadOnlyCollection<RouteScopeConfig> scopes)
    {
        DropPrepared();
        foreach (var scope in scopes.Where(scope => _entries.GetValueOrDefault(scope.Name)?.Config != scope))
        {
            if (scope.Table is null && _config.Tables is null)
            {
                throw new ConfigException(scope.Name, "names a table, and nothing says where tables come from");
            }

            var entry = new ScopeEntry(scope);
            _prepared.Add(scope.Name, entry);
            if (!scope.OnDemand)
            {
                Open(entry);
            }
        }

        return () => Apply(scopes);
    }

    /// <summary>Calls back when the tables of all scopes are there, those on demand aside. On main.</summary>
    public void WhenReady(Action callback)
    {
        var open = 1;
        foreach (var entry in _entries.Values)
        {
            open++;
            entry.Scope.WhenReady(Count);
        }

        Count();

        void Count()
        {
            if (--open == 0)
            {
                callback();
            }
        }
    }

    public void Dispose()
    {
        DropPrepared();
        foreach (var entry in _entries.Values)
        {
            entry.Dispose();
        }

        _entries.Clear();
    }

    private void Apply(IReadOnlyCollection<RouteScopeConfig> scopes)
    {
        var former = _entries;
        _entries = scopes.ToDictionary(
            static scope => scope.Name, scope => _prepared.Remove(scope.Name, out var entry) ? entry : former[scope.Name], StringComparer.Ordinal);
        _index = new ScopeIndex(_builder, _entries.Values);
        foreach (var (name, entry) in former)
        {
            if (_entries.GetValueOrDefault(name) != entry)
            {
                entry.Dispose();
            }
        }
    }

    private void Open(ScopeEntry entry)
    {
        if (entry.Config.Table is { } table)
        {
            entry.Tables = new RouteTableSource(_compile(table));
        }
        else if (_config.Tables is { } source && _context.Routes is { } routes)
        {
            entry.Tables = routes.Watch(new RouteDiscoveryConfig(source, entry.Config.TableName), _compile, _context with { Scope = entry.Scope });
        }
    }

    // Several requests may have asked before the first was heard.
    private void Load(ScopeEntry entry, Action done)
    {
        if (_entries.GetValueOrDefault(entry.Config.Name) != entry)
        {
            done();
            return;
        }

        try
        {
            if (entry.Tables is null)
            {
                Open(entry);
            }
        }
        catch (ConfigException)
        {
            // The table cannot be used here: the request finds none, and the next one asks again.
        }

        entry.Scope.WhenReady(done);
    }

    private void DropPrepared()
    {
        foreach (var entry in _prepared.Values)
        {
            entry.Dispose();
        }

        _prepared.Clear();
    }
}
