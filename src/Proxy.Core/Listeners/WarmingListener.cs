using Proxy.Resources;

namespace Proxy.Listeners;

/// <summary>A listener, or what is to take its place, while it waits for resources.</summary>
/// <param name="Model">What is compiled.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record WarmingListener(ListenerModel Model, DynamicOrigin? Origin);
