using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;

namespace Proxy.Resources;

/// <summary>Makes the application's own sources known to each of its proxies.</summary>
/// <param name="sources">The sources.</param>
internal sealed class CustomResourceSourceFactory(IEnumerable<IConfigSource> sources) : IResourceSourceFactory
{
    public IResourceSource Create(ResourceContext context) => new CustomResourceSource(sources, context);
}

/// <summary>The application's own sources. On main.</summary>
internal sealed class CustomResourceSource : IResourceSource
{
    private readonly Dictionary<string, IConfigSource> _sources;
    private readonly List<CustomSubscription> _open = [];
    private readonly ResourceContext _context;

    /// <param name="sources">The sources.</param>
    /// <param name="context">What the proxy lends.</param>
    /// <exception cref="ConfigException">Two have one name.</exception>
    public CustomResourceSource(IEnumerable<IConfigSource> sources, ResourceContext context)
    {
        _context = context;
        var groups = sources.GroupBy(static source => source.Name, StringComparer.Ordinal).ToList();
        if (groups.Find(static group => group.Count() > 1) is { } twice)
        {
            throw new ConfigException("", $"two sources of configuration are called '{twice.Key}'");
        }

        _sources = groups.ToDictionary(static group => group.Key, static group => group.Single(), StringComparer.Ordinal);
    }

    public IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher)
    {
        if (request.Source is not CustomSourceConfig custom)
        {
            return null;
        }

        if (!_sources.TryGetValue(custom.Name, out var source))
        {
            throw new ConfigException("", $"no source of configuration is called '{custom.Name}' (add it with AddConfigSource)");
        }

        var logger = _context.Loggers.CreateLogger<CustomSubscription>();
        var subscription = new CustomSubscription(source, new Subscription(request, watcher, _context.Main), _context.Main, logger, _open);
        subscription.Start();
        return subscription;
    }

    // Each watch has a task of its own: there is nothing to hold back.
    public void Pause(ResourceKind kind)
    {
    }

    public void Resume(ResourceKind kind)
    {
    }

    public void Close()
    {
        foreach (var subscription in _open.ToArray())
        {
            subscription.Dispose();
        }
    }
}
