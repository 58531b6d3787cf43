using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Resources;
using Proxy.Resources.Status;

namespace Proxy.Listeners;

/// <summary>Updates that are refused as a whole: compiled first, put in effect one by one, and what is gone goes last.</summary>
internal sealed partial class ListenerDiscovery
{
    private async Task<bool> TakeWholeAsync(ResourceUpdate update, RefusedResources refused)
    {
        var trial = Compile(update, refused);
        try
        {
            if (refused.Faults.Count > 0)
            {
                return false;
            }

            // A socket that is to be another listener's has to be free; the others go only once all is well.
            var gone = GoneFrom(update);
            var wanted = update.Resources.Select(static resource => resource.Config).OfType<ListenerConfig>().SelectMany(static config => config.Addresses).ToHashSet();
            var changed = await DropAsync(gone.Where(name => _listeners.AddressesOf(name).Any(wanted.Contains)));
            changed |= await TakeUntilFaultAsync(update, refused);
            return refused.Faults.Count > 0 ? changed : changed | await DropAsync(gone.Where(_known.Contains));
        }
        finally
        {
            trial.ForEach(static state => state.Release());
        }
    }

    private List<ListenerState> Compile(ResourceUpdate update, RefusedResources refused)
    {
        var compiled = new List<ListenerState>();
        var configs = new List<ListenerConfig>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            try
            {
                if (!seen.Add(resource.Name))
                {
                    throw new ConfigException("", "another listener has this name");
                }

                if (resource.Config is ListenerConfig config && _listeners.TryOut(config, configs, _context) is { } state)
                {
                    compiled.Add(state);
                }
            }
            catch (ConfigException exception)
            {
                refused.Add(resource, exception, _main.UtcNow);
            }
        }

        return compiled;
    }

    private async Task<bool> TakeUntilFaultAsync(ResourceUpdate update, RefusedResources refused)
    {
        var changed = false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in update.Resources)
        {
            try
            {
                changed |= await TakeAsync(resource, seen);
            }
            catch (ConfigException exception)
            {
                refused.Add(resource, exception, _main.UtcNow);
                break;
            }
        }

        return changed;
    }
}
