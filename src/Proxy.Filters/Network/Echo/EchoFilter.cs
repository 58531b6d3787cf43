using Proxy.Connections;

namespace Proxy.Filters.Network.Echo;

/// <summary>Sends back what comes, and FIN for FIN. A peer that does not read what it is sent is not read from either.</summary>
internal sealed class EchoFilter : NetworkFilter
{
    public override FilterStatus OnNewConnection()
    {
        Connection.HalfCloseEnabled = true;
        return FilterStatus.Continue;
    }

    public override FilterStatus OnData(ref StreamChunk chunk)
    {
        Callbacks.Write(chunk.Bytes, chunk.EndOfStream);
        chunk.Consume(chunk.Bytes.Length);
        return FilterStatus.StopIteration;
    }

    public override void OnAboveHighWatermark() => Connection.ReadDisable(true);

    public override void OnBelowLowWatermark() => Connection.ReadDisable(false);
}
