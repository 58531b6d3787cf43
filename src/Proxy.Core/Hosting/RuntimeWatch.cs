using Proxy.Configuration;
using Proxy.Resources;

namespace Proxy.Hosting;

/// <summary>Takes the values of one layer that comes from elsewhere (Envoy RTDS). On main.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="set">Takes the layer's values, all of them.</param>
/// <param name="ready">Told that there are some, or none to come.</param>
internal sealed class RuntimeWatch(string name, Action<IEnumerable<RuntimeValue>> set, Action ready) : IResourceWatcher
{
    public ValueTask<IReadOnlyList<ConfigFault>> UpdateAsync(ResourceUpdate update)
    {
        if (update.Removed.Contains(name))
        {
            set([]);
        }
        else if (update.Resources.Count != 1 || update.Resources[0].Name != name)
        {
            throw new ConfigException("", $"wanted the layer {name} and no other");
        }
        else if (update.Resources[0].Faults.Count > 0)
        {
            throw new ConfigException(update.Resources[0].Faults);
        }
        else if (update.Resources[0].Config is ConfigList<RuntimeValue> values)
        {
            set(values);
        }

        ready();
        return new([]);
    }

    public void GiveUp() => ready();
}
