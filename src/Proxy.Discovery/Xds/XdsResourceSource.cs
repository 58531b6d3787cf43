using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Files;
using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>Brings resources in Envoy's v3 protocol, over every transport it has. On main.</summary>
internal sealed class XdsResourceSource(ResourceContext context) : IResourceSource
{
    public IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher)
    {
        var subscription = new Subscription(request, watcher, context.Main);
        return request.Source switch
        {
            FileSourceConfig file => FileSubscription.Start(file, subscription, context),
            _ => null,
        };
    }

    public void Pause(ResourceKind kind)
    {
    }

    public void Resume(ResourceKind kind)
    {
    }

    public void Close()
    {
    }
}
