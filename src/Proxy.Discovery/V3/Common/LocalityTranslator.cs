using Envoy.Config.Core.V3;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates places.</summary>
internal static class LocalityTranslator
{
    public static LocalityConfig Translate(Locality? locality) =>
        locality is null ? LocalityConfig.None : new LocalityConfig(locality.Region, locality.Zone, locality.SubZone);
}
