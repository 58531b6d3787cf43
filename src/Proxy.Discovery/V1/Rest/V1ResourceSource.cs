using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Rest;
using Proxy.Resources;

namespace Proxy.Discovery.V1.Rest;

/// <summary>Brings resources from discovery services of the first API. On main.</summary>
internal sealed class V1ResourceSource(ResourceContext context) : IResourceSource
{
    public IResourceSubscription? Subscribe(ResourceRequest request, IResourceWatcher watcher) => request.Source is V1RestSourceConfig source
        ? V1RestSubscription.Start(source, request, watcher, context, RestChannel.Create(context, source.Cluster))
        : null;

    /// <summary>Does nothing: requests of this API go out by the clock alone, and name no resources that could change meanwhile.</summary>
    public void Pause(ResourceKind kind)
    {
    }

    public void Resume(ResourceKind kind)
    {
    }

    /// <summary>Does nothing: every subscription ends with its owner.</summary>
    public void Close()
    {
    }
}
