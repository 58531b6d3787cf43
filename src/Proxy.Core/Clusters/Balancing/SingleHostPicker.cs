namespace Proxy.Clusters.Balancing;

/// <summary>The one host there is.</summary>
internal sealed class SingleHostPicker : HostPicker
{
    private readonly Host _host;

    public SingleHostPicker(Host host)
    {
        _host = host;
    }

    public override Host Pick() => _host;
}
