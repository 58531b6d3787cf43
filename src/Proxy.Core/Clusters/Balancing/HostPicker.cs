namespace Proxy.Clusters.Balancing;

/// <summary>Picks among hosts that are all fit to be picked. One worker's; allocates nothing per pick.</summary>
internal abstract class HostPicker
{
    /// <summary>The next host; there is at least one.</summary>
    public abstract Host Pick();
}
