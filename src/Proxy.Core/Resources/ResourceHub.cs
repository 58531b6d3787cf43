using Proxy.Configuration;

namespace Proxy.Resources;

/// <summary>The sources of one proxy, seen as one. On main.</summary>
internal sealed class ResourceHub
{
    private readonly HashSet<Watch> _watches = [];
    private IResourceSource[] _sources = [];

    /// <summary>What is watched now.</summary>
    public IEnumerable<ResourceRequest> Watched => _watches.Select(static watch => watch.Request);

    /// <summary>Takes the sources; before that, nothing can be watched.</summary>
    public void Open(IEnumerable<IResourceSource> sources) => _sources = [.. sources];

    /// <summary>Begins to watch.</summary>
    /// <exception cref="ConfigException">No source is of that kind, or it cannot be used.</exception>
    public IResourceSubscription Subscribe(ResourceRequest request, IResourceWatcher watcher)
    {
        foreach (var source in _sources)
        {
            if (source.Subscribe(request, watcher) is { } subscription)
            {
                return new Watch(_watches, request, subscription);
            }
        }

        throw new ConfigException("", $"nothing brings resources from {request.Source}");
    }

    /// <summary>Holds requests for the kinds back until the result is disposed.</summary>
    public IDisposable Pause(params ReadOnlySpan<ResourceKind> kinds) => new Pausing(_sources, [.. kinds]);

    /// <summary>Stops all sources.</summary>
    public void Close()
    {
        foreach (var source in _sources)
        {
            source.Close();
        }

        _sources = [];
        _watches.Clear();
    }

    // Keeps the books of what is asked for.
    private sealed class Watch : IResourceSubscription
    {
        private readonly HashSet<Watch> _open;
        private readonly IResourceSubscription _inner;

        public Watch(HashSet<Watch> open, ResourceRequest request, IResourceSubscription inner)
        {
            (_open, Request, _inner) = (open, request, inner);
            open.Add(this);
        }

        public ResourceRequest Request { get; }

        public void Rename(IReadOnlyCollection<string> names)
        {
            Request.Ledger.Rename(names);
            _inner.Rename(names);
        }

        public void Ask(string name)
        {
            Request.Ledger.Ask(name);
            _inner.Ask(name);
        }

        public void Dispose()
        {
            _open.Remove(this);
            _inner.Dispose();
        }
    }

    private sealed class Pausing : IDisposable
    {
        private readonly IResourceSource[] _sources;
        private readonly ResourceKind[] _kinds;

        public Pausing(IResourceSource[] sources, ResourceKind[] kinds)
        {
            (_sources, _kinds) = (sources, kinds);
            foreach (var source in sources)
            {
                Array.ForEach(kinds, source.Pause);
            }
        }

        public void Dispose()
        {
            foreach (var source in _sources)
            {
                Array.ForEach(_kinds, source.Resume);
            }
        }
    }
}
