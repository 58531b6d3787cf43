using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Hosting;

namespace Proxy.Listeners;

/// <summary>What is asked before listeners are taken together or not at all.</summary>
internal sealed partial class ListenerManager
{
    /// <summary>Addresses of a listener, as configured; none when there is no such listener.</summary>
    public IEnumerable<AddressConfig> AddressesOf(string name) =>
        LatestOf(name)?.Addresses ?? ConfigList<AddressConfig>.Empty;

    /// <summary>Compiles one of several listeners that are to be taken together or not at all, and holds it against those before it.</summary>
    /// <param name="config">The listener.</param>
    /// <param name="others">Those before it; this one is added.</param>
    /// <param name="context">What filters are made from.</param>
    /// <returns>To be released; null where nothing would change.</returns>
    /// <exception cref="ConfigException">It breaks rules.</exception>
    public ListenerState? TryOut(ListenerConfig config, List<ListenerConfig> others, FilterFactoryContext context)
    {
        var known = _active.GetValueOrDefault(config.Name);
        if (known is { Origin: null })
        {
            return null; // there from the start, and left alone
        }

        CheckAddresses([.. _active.Values.Where(static state => state.Origin is null).Select(static state => state.Model.Config), .. others, config]);
        CheckReusePort(known, config);
        others.Add(config);
        return LatestOf(config.Name) == config ? null : Compile(config, context);
    }

    private ListenerConfig? LatestOf(string name)
    {
        var known = _active.GetValueOrDefault(name);
        return (known?.Pending?.Model ?? _warming.GetValueOrDefault(name)?.Model ?? known?.Model)?.Config;
    }
}
