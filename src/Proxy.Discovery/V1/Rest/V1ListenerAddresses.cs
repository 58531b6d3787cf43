using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Resources;

namespace Proxy.Discovery.V1.Rest;

/// <summary>Holds the listeners of an answer against those of the one before: in the first API a listener keeps its address for as long as it has its name.</summary>
internal sealed class V1ListenerAddresses
{
    private Dictionary<string, ConfigList<AddressConfig>> _known = new(StringComparer.Ordinal);

    /// <summary>Refuses an answer in which a known listener has moved.</summary>
    /// <exception cref="ConfigException">One has.</exception>
    public void Check(ResourceUpdate update)
    {
        foreach (var listener in Listeners(update))
        {
            if (_known.TryGetValue(listener.Name, out var addresses) && addresses != listener.Addresses)
            {
                throw new ConfigException(listener.Name + ".address", $"error updating listener: '{listener.Name}' has a different address 'tcp://{AddressText.Of(listener.Addresses[0])}' from existing listener");
            }
        }
    }

    /// <summary>Takes the listeners of an answer that is in effect.</summary>
    public void Remember(ResourceUpdate update) => _known = Listeners(update).ToDictionary(static listener => listener.Name, static listener => listener.Addresses, StringComparer.Ordinal);

    private static IEnumerable<ListenerConfig> Listeners(ResourceUpdate update) => update.Resources.Select(static resource => resource.Config).OfType<ListenerConfig>();
}
