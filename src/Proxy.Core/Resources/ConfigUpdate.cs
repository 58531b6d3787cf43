using Proxy.Configuration;

namespace Proxy.Resources;

/// <summary>An answer of an <see cref="IConfigSource"/>. Safe on any thread.</summary>
public sealed class ConfigUpdate
{
    private readonly TaskCompletionSource<IReadOnlyList<ConfigFault>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="version">Names this state of the source in stats and dumps.</param>
    /// <param name="resources">The resources by name; each is the record that <see cref="ResourceKind"/> names for its kind.</param>
    public ConfigUpdate(string version, IReadOnlyDictionary<string, object> resources)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(resources);
        Version = version;
        Resources = resources;
    }

    /// <summary>Names this state of the source.</summary>
    public string Version { get; }

    /// <summary>The resources by name.</summary>
    public IReadOnlyDictionary<string, object> Resources { get; }

    /// <summary>True when these are all, so that what is missing is gone; false when they are what is new or changed. Default true.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Names of what is gone; for updates that are not complete.</summary>
    public IReadOnlyCollection<string> Removed { get; init; } = [];

    /// <summary>
    /// Completes when the update is in effect, with what was refused of it: empty when nothing was. What is refused leaves the last good state as it is.
    /// Cancelled when nobody waits for the update any more.
    /// </summary>
    public Task<IReadOnlyList<ConfigFault>> Result => _result.Task;

    internal void Complete(IReadOnlyList<ConfigFault> faults) => _result.TrySetResult(faults);

    internal void Abandon() => _result.TrySetCanceled();
}
