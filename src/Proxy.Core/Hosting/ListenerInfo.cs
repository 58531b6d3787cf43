using System.Net;
using Proxy.Configuration.Listeners;

namespace Proxy.Hosting;

/// <summary>A listener as it runs.</summary>
/// <param name="Config">What was asked.</param>
/// <param name="EndPoints">Addresses bound, with the ports that were picked.</param>
/// <param name="IsListening">False once it drains.</param>
/// <param name="Connections">Connections it has now.</param>
public sealed record ListenerInfo(ListenerConfig Config, IReadOnlyList<EndPoint> EndPoints, bool IsListening, long Connections);
