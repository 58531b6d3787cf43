using Proxy.Configuration.Discovery;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>Makes the channels that control planes are called on; found in DI. It is where another gRPC client can be put in.</summary>
internal interface IRpcChannelFactory
{
    /// <summary>A channel to one cluster of a control plane. On main.</summary>
    IRpcChannel Create(ResourceContext context, ControlPlaneTargetConfig target);
}

/// <summary>Calls one cluster of a control plane. On main.</summary>
internal interface IRpcChannel : IDisposable
{
    /// <summary>Begins a call with a stream in both directions; <paramref name="handler"/> is told of all that comes of it, on main, never inside this call.</summary>
    /// <param name="method">As <c>/package.Service/Method</c>.</param>
    /// <param name="handler">Told of it.</param>
    IRpcCall Start(string method, IRpcCallHandler handler);
}

/// <summary>A call under way. On main; disposing it ends it, and its handler is told nothing any more.</summary>
internal interface IRpcCall : IDisposable
{
    /// <summary>Sends a message after those before it.</summary>
    void Send(byte[] message);
}

/// <summary>Told what comes of a call. On main.</summary>
internal interface IRpcCallHandler
{
    /// <summary>A message has come.</summary>
    void OnMessage(IRpcCall call, byte[] message);

    /// <summary>The call is over.</summary>
    /// <param name="call">Which one.</param>
    /// <param name="status">gRPC status.</param>
    /// <param name="details">What the peer or the transport says.</param>
    void OnEnded(IRpcCall call, int status, string details);
}
