using System.Text;
using Proxy.Buffers;
using Proxy.Connections;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Core.Tests.Streams;

/// <summary>The stream around a chain, played by the test: writes down what reaches the client.</summary>
internal sealed class FakeOwner(Worker worker, List<string> events) : IFilterChainOwner
{
    public HttpFilterChain Chain { get; set; } = null!;

    public Worker Worker => worker;

    public Connection Connection => throw new NotSupportedException();

    public StreamInfo Info { get; } = new();

    public long StreamId => 1;

    public HeaderMap RequestHeaders { get; } = new();

    public Route? Route => null;

    public int Pauses { get; private set; }

    public bool TryRequestRoute(Action done) => false;

    public void RefreshRoute() => events.Add("refresh route");

    public void ClearRouteCache()
    {
    }

    public void PauseRequest(bool pause)
    {
        Pauses += pause ? 1 : -1;
        events.Add(pause ? "pause" : "resume");
    }

    public void SendInformational(HeaderMap headers) => events.Add("client: " + Status(headers));

    public void SendHeaders(HeaderMap headers, bool endStream) => Sent(Status(headers), endStream);

    public void SendData(ReadOnlySpan<byte> data, bool endStream) => Sent($"'{Encoding.ASCII.GetString(data)}'", endStream);

    public void SendTrailers(HeaderMap trailers) => Sent("trailers", true);

    public void Reset(StreamResetReason reason, string details)
    {
        events.Add("reset " + details);
        Chain.End();
    }

    public void Recreate(HeaderMap answer, ByteQueue body)
    {
        events.Add("recreate");
        Chain.End();
    }

    public ReadOnlySpan<byte> FormatLocalReply(HeaderMap headers, ReadOnlySpan<byte> body, out byte[]? contentType)
    {
        contentType = null;
        return body;
    }

    public void OnRequestTooLarge() => events.Add("request too large");

    public void OnResponseTooLarge() => events.Add("response too large");

    private static string Status(HeaderMap headers) => Encoding.ASCII.GetString(headers.Get(KnownHeader.Status));

    private void Sent(string what, bool end)
    {
        events.Add($"client: {what}{(end ? " end" : "")}");
        if (end)
        {
            Chain.End();
        }
    }
}
