using Proxy.Connections;
using Proxy.Streams;

namespace Proxy.Filters.Network.TcpProxy;

internal sealed partial class TcpProxyFilter
{
    private int OnUpstreamData(ReadOnlySpan<byte> data, bool endOfStream)
    {
        if (_downstreamClosed)
        {
            return data.Length; // the client has gone; only its own last bytes are still under way
        }

        Callbacks.Write(data, endOfStream);
        OnActivity();
        return data.Length;
    }

    private void OnUpstreamAboveHighWatermark()
    {
        if (!_downstreamClosed)
        {
            _stats.Increment(TcpProxyStats.PausedReading);
            Connection.ReadDisable(true);
        }
    }

    private void OnUpstreamBelowLowWatermark()
    {
        if (!_downstreamClosed)
        {
            _stats.Increment(TcpProxyStats.ResumedReading);
            Connection.ReadDisable(false);
        }
    }

    private void OnUpstreamClosed(CloseReason reason)
    {
        _info.UpstreamWireReceived = _upstream!.BytesReceived;
        _info.UpstreamWireSent = _upstream.BytesSent;
        _upstream = null;
        _lease!.Dispose();
        _lease = null;
        if (_flushing)
        {
            _flushing = false;
            _stats.Decrement(TcpProxyStats.UpstreamFlushActive);
            StopTimers();
        }

        if (_downstreamClosed)
        {
            return;
        }

        if (reason is { Origin: CloseOrigin.Remote, Kind: CloseKind.Reset })
        {
            _info.Flags |= ResponseFlags.UpstreamRemoteReset;
            Connection.Close(CloseMode.Reset);
        }
        else
        {
            Connection.Close(CloseMode.Flush);
        }
    }

    /// <summary>Owner of the upstream connection on behalf of the filter.</summary>
    private sealed class UpstreamSide(TcpProxyFilter filter) : IConnectionHandler
    {
        public void OnConnected(Connection connection)
        {
        }

        public int OnData(Connection connection, ReadOnlySpan<byte> data, bool endOfStream) => filter.OnUpstreamData(data, endOfStream);

        public void OnAboveHighWatermark(Connection connection) => filter.OnUpstreamAboveHighWatermark();

        public void OnBelowLowWatermark(Connection connection) => filter.OnUpstreamBelowLowWatermark();

        public void OnClosed(Connection connection, CloseReason reason) => filter.OnUpstreamClosed(reason);
    }
}
