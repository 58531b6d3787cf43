using System.Net;
using Proxy.Connections.InMemory;

namespace Proxy.Workers.Simulated;

/// <summary>A connection that the network has made and the listening side has not taken yet.</summary>
internal sealed record PendingConnection(EndPoint Client, EndPoint Target, InMemoryPipe Forth, InMemoryPipe Back);
