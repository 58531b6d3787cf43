using Proxy.Configuration;

namespace Proxy.Resources;

/// <summary>Takes the answers of a source. On main.</summary>
internal interface IResourceWatcher
{
    /// <summary>
    /// What of the latest answer was refused, by name, for a watcher that takes resources one by one; null when faults refuse an answer as a whole.
    /// </summary>
    IReadOnlyDictionary<string, RefusedUpdate>? Refused => null;

    /// <summary>Puts an answer in effect. The next one waits until the task is done.</summary>
    /// <returns>What was refused; empty when everything was taken.</returns>
    /// <exception cref="ConfigException">Nothing was taken.</exception>
    ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update);

    /// <summary>No answer came in time, or the first one was refused: go on without.</summary>
    void GiveUp();
}
