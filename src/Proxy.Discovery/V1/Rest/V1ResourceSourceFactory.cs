using Proxy.Resources;

namespace Proxy.Discovery.V1.Rest;

/// <summary>Makes the source of each proxy of an application.</summary>
internal sealed class V1ResourceSourceFactory : IResourceSourceFactory
{
    public IResourceSource Create(ResourceContext context) => new V1ResourceSource(context);
}
