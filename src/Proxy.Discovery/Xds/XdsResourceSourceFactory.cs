using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>Makes the source of each proxy of an application.</summary>
internal sealed class XdsResourceSourceFactory : IResourceSourceFactory
{
    public IResourceSource Create(ResourceContext context) => new XdsResourceSource(context);
}
