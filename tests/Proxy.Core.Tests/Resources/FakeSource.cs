using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Resources;

namespace Proxy.Core.Tests.Resources;

/// <summary>A source that the test plays: it answers watchers by hand and keeps what was asked of it.</summary>
internal sealed class FakeSource : IResourceSource, IResourceSourceFactory
{
    private readonly List<Watch> _watches = [];

    /// <summary>The record that names this source.</summary>
    public static ConfigSourceConfig Config { get; } = new CustomSourceConfig("fake");

    /// <summary>What was asked for and ended, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Answers are taken whole or not at all.</summary>
    public bool IsWhole { get; set; }

    public IResourceSource Create(ResourceContext context) => this;

    public IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher)
    {
        if (request.Source is not CustomSourceConfig)
        {
            return null;
        }

        var watch = new Watch(this, request, watcher);
        _watches.Add(watch);
        Log.Add($"{request.Kind} {string.Join(',', request.Names)}".TrimEnd());
        return watch;
    }

    public void Pause(ResourceKind kind) => Log.Add($"pause {kind}");

    public void Resume(ResourceKind kind) => Log.Add($"resume {kind}");

    public void Close() => Log.Add("close");

    /// <summary>Answers every watcher of a kind with all there is; gives what they refused.</summary>
    public List<string> Answer(ResourceKind kind, string version, params (string Name, object? Config)[] resources)
    {
        var faults = new List<string>();
        foreach (var watch in _watches.Where(watch => watch.Request.Kind == kind).ToArray())
        {
            var mine = resources.Where(resource => watch.Request.Names.Count == 0 || watch.Request.Names.Contains(resource.Name));
            _ = AnswerAsync(watch, new ResourceUpdate(version, [.. mine.Select(resource => ToResource(resource, version))]) { IsComplete = true, IsWhole = IsWhole }, faults);
        }

        return faults;
    }

    /// <summary>Tells every watcher of a kind what has changed; gives what they refused.</summary>
    public List<string> Change(ResourceKind kind, IReadOnlyList<Resource> resources, params string[] removed)
    {
        var faults = new List<string>();
        foreach (var watch in _watches.Where(watch => watch.Request.Kind == kind).ToArray())
        {
            _ = AnswerAsync(watch, new ResourceUpdate("", resources) { Removed = removed }, faults);
        }

        return faults;
    }

    /// <summary>Tells every watcher of a kind that no first answer comes.</summary>
    public void GiveUp(ResourceKind kind)
    {
        foreach (var watch in _watches.Where(watch => watch.Request.Kind == kind).ToArray())
        {
            watch.Watcher.GiveUp();
        }
    }

    private static Resource ToResource((string Name, object? Config) resource, string version) => resource.Config is ConfigFault fault
        ? new Resource(resource.Name, version, null) { Faults = [fault] }
        : new Resource(resource.Name, version, resource.Config);

    private static async Task AnswerAsync(Watch watch, ResourceUpdate update, List<string> faults)
    {
        try
        {
            faults.AddRange((await watch.Watcher.UpdateAsync(update)).Select(fault => fault.ToString()));
        }
        catch (ConfigException e)
        {
            faults.AddRange(e.Faults.Select(fault => fault.ToString()));
        }
    }

    private sealed class Watch(FakeSource owner, ResourceRequest request, IResourceWatcher watcher) : IResourceSubscription
    {
        public FakeSource Owner => owner;

        public ResourceRequest Request { get; private set; } = request;

        public IResourceWatcher Watcher => watcher;

        public void Rename(IReadOnlyCollection<string> names) => Owner.Log.Add($"rename {string.Join(',', names)}");

        public void Ask(string name)
        {
            Request = Request with { Names = [.. Request.Names, name] };
            Owner.Log.Add($"ask {name}");
        }

        public void Dispose()
        {
            Owner._watches.Remove(this);
            Owner.Log.Add($"end {Request.Kind} {string.Join(',', Request.Names)}");
        }
    }
}
