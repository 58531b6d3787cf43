using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.V3.Common;

/// <summary>Checks the names under which resources are asked for.</summary>
internal static class ResourceNames
{
    /// <summary>Refuses a name that begins as a URI of a resource and is none.</summary>
    public static void Check(string name, Place place, TranslationContext context)
    {
        if (XdsName.IsOne(name) && XdsName.TryParse(name) is null)
        {
            context.Fault(place, XdsName.Fault, "such as xdstp://authority/envoy.config.endpoint.v3.ClusterLoadAssignment/name");
        }
    }
}
