using Proxy.Resources;

namespace Proxy.Discovery.Xds;

/// <summary>A resource as it was read, with what only the transport needs to know.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="TimeToLive">It is gone when it is not named again for this long; null keeps it.</param>
internal readonly record struct ReadResource(Resource Resource, TimeSpan? TimeToLive);
