using Proxy.Configuration;
using Proxy.Configuration.Listeners;

namespace Proxy.Listeners;

/// <summary>No two listeners may have one address: which of them a connection reached would be chance, with SO_REUSEPORT above all.</summary>
internal static class ListenerAddresses
{
    /// <summary>Adds to <paramref name="faults"/> every address that another listener has. Of listeners with one name, the first is the one that counts.</summary>
    public static void Check(IReadOnlyList<ListenerConfig> configs, FaultList faults)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var owners = new Dictionary<AddressConfig, string>();
        for (var i = 0; i < configs.Count; i++)
        {
            if (names.Add(configs[i].Name))
            {
                Add(configs[i], $"listeners[{i}]", owners, faults);
            }
        }
    }

    private static void Add(ListenerConfig config, string path, Dictionary<AddressConfig, string> owners, FaultList faults)
    {
        foreach (var address in config.Addresses)
        {
            // Port 0 stands for one that the system picks, another one each time.
            var picked = config.BindToPort && address is SocketAddressConfig { Port: 0 };
            if (!picked && !owners.TryAdd(address, config.Name) && owners[address] != config.Name)
            {
                faults.Add($"{path}.address", $"listener '{owners[address]}' has the address {AddressText.Of(address)} too");
            }
        }
    }
}
