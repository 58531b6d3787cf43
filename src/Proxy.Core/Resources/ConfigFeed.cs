using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Proxy.Configuration;

namespace Proxy.Resources;

/// <summary>
/// A source of configuration that is told from outside: whoever holds it sets and removes resources, and every proxy that watches them follows. Members are
/// safe on any thread.
/// </summary>
public sealed class ConfigFeed : IConfigSource
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKind, Shelf> _shelves = [];
    private readonly List<(ResourceKind Kind, ChannelWriter<ConfigUpdate> Updates)> _watches = [];

    /// <param name="name">Name that <see cref="Configuration.Discovery.CustomSourceConfig"/> uses.</param>
    public ConfigFeed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Adds or replaces one resource.</summary>
    /// <returns>What the proxies that watch refuse of it, together; empty when none does. Completes when all have taken or refused it.</returns>
    public Task<IReadOnlyList<ConfigFault>> SetAsync(ResourceKind kind, string name, object resource)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(resource);
        return ChangeAsync(kind, resources => resources.SetItem(name, resource));
    }

    /// <summary>Takes one resource away; nothing happens when it is not there.</summary>
    /// <returns>As <see cref="SetAsync"/>.</returns>
    public Task<IReadOnlyList<ConfigFault>> RemoveAsync(ResourceKind kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ChangeAsync(kind, resources => resources.Remove(name));
    }

    /// <summary>Puts these resources in the place of all of their kind.</summary>
    /// <returns>As <see cref="SetAsync"/>.</returns>
    public Task<IReadOnlyList<ConfigFault>> ReplaceAsync(ResourceKind kind, IEnumerable<KeyValuePair<string, object>> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        return ChangeAsync(kind, _ => resources.ToImmutableDictionary(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public async Task WatchAsync(ConfigWatch watch, ChannelWriter<ConfigUpdate> updates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(watch);
        ArgumentNullException.ThrowIfNull(updates);
        var entry = (watch.Kind, updates);
        lock (_gate)
        {
            _watches.Add(entry);
            if (_shelves.TryGetValue(watch.Kind, out var shelf))
            {
                updates.TryWrite(shelf.ToUpdate());
            }
        }

        try
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = cancellationToken.Register(stopped.SetResult).ConfigureAwait(false);
            await stopped.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _watches.Remove(entry);
            }
        }
    }

    private async Task<IReadOnlyList<ConfigFault>> ChangeAsync(
        ResourceKind kind, Func<ImmutableDictionary<string, object>, ImmutableDictionary<string, object>> change)
    {
        List<Task<IReadOnlyList<ConfigFault>>> results = [];
        lock (_gate)
        {
            var old = _shelves.GetValueOrDefault(kind) ?? Shelf.Empty;
            var shelf = _shelves[kind] = new Shelf(old.Version + 1, change(old.Resources));
            foreach (var (_, updates) in _watches.Where(watch => watch.Kind == kind))
            {
                var update = shelf.ToUpdate();
                if (updates.TryWrite(update))
                {
                    results.Add(update.Result);
                }
            }
        }

        List<ConfigFault> faults = [];
        foreach (var result in results)
        {
            await ((Task)result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled when a watcher has gone
            faults.AddRange(result.IsCompletedSuccessfully ? result.Result : []);
        }

        return faults;
    }

    private sealed record Shelf(long Version, ImmutableDictionary<string, object> Resources)
    {
        public static Shelf Empty { get; } = new(0, ImmutableDictionary.Create<string, object>(StringComparer.Ordinal));

        public ConfigUpdate ToUpdate() => new(Version.ToString(CultureInfo.InvariantCulture), Resources);
    }
}
