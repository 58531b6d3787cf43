using Proxy.Clusters;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Core.Tests.Clusters;

/// <summary>A request that remembers nothing, for counting allocations.</summary>
internal sealed class QuietRequest : IClientStreamHandler, IHttpPoolCallbacks
{
    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    public void OnPoolReady(HttpClientStream stream, Host host, Connection connection, HttpProtocol protocol, bool reused)
    {
    }

    public void OnPoolFailure(PoolFailure failure, string details, Host host) => throw new InvalidOperationException(failure.ToString());

    public void OnInformational()
    {
    }

    public void OnHeaders(bool endStream)
    {
    }

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
    }

    public void OnTrailers()
    {
    }

    public void OnReset(StreamResetReason reason, string details)
    {
    }

    public void OnAboveHighWatermark()
    {
    }

    public void OnBelowLowWatermark()
    {
    }
}
