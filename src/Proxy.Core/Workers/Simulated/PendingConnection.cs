using System.Net;
using Proxy.Connections.InMemory;

namespace Proxy.Workers.Simulated;

/// <summary>A connection that the network has made and the listening side has not taken yet.</summary>
internal sealed record PendingConnection(EndPoint Client, EndPoint Target, InMemoryPipe Forth, InMemoryPipe Back)
{
    /// <summary>Nobody will take it: the client sees a reset.</summary>
    public void Drop()
    {
        Forth.CloseReader();
        Back.Reset();
    }
}
