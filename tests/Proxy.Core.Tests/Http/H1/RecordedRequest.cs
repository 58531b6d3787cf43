using System.Text;
using Proxy.Http;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>What a server codec told about one request.</summary>
internal sealed class RecordedRequest(ServerHarness harness, HttpServerStream stream) : IServerStreamHandler
{
    private readonly StringBuilder _body = new();

    public HeaderMap RequestHeaders { get; } = new();

    public HeaderMap RequestTrailers { get; } = new();

    public bool HasHead { get; private set; }

    public bool Complete { get; private set; }

    public bool HasTrailers { get; private set; }

    public bool Closed { get; private set; }

    public int WatermarkCalls { get; private set; }

    public string Body => _body.ToString();

    public HttpCodecError Error { get; private set; }

    public StreamResetReason? ResetReason { get; private set; }

    public string Head => string.Join('|', Text.Fields(RequestHeaders));

    public string Trailers => string.Join('|', Text.Fields(RequestTrailers));

    /// <summary>Everything seen, in one line; pieces of the body are run together.</summary>
    public override string ToString() =>
        $"{(HasHead ? Head : "")};{Body};{(HasTrailers ? Trailers : "")};{(Complete ? "complete" : "open")};{Error.Details};{ResetReason};{(Closed ? "closed" : "")}";

    public string? Get(string name) => RequestHeaders.TryGet(Encoding.ASCII.GetBytes(name), out var value) ? Encoding.Latin1.GetString(value) : null;

    public void OnHeaders(bool endStream)
    {
        HasHead.Should().BeFalse();
        HasHead = true;
        harness.AnswerHead?.Invoke(stream, this);
        Finish(endStream);
    }

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        Complete.Should().BeFalse("nothing follows the end");
        HasHead.Should().BeTrue();
        _body.Append(Encoding.Latin1.GetString(data));
        Finish(endStream);
    }

    public void OnTrailers()
    {
        HasTrailers = true;
        Finish(true);
    }

    public void OnCodecError(HttpCodecError error)
    {
        Error.IsError.Should().BeFalse("a fault is told once");
        Error = error;
        harness.Answer?.Invoke(stream, this);
    }

    public void OnReset(StreamResetReason reason) => ResetReason = reason;

    public void OnAboveHighWatermark() => WatermarkCalls++;

    public void OnBelowLowWatermark() => WatermarkCalls--;

    public void OnStreamClosed()
    {
        Closed.Should().BeFalse("a stream closes once");
        Closed = true;
    }

    private void Finish(bool endStream)
    {
        if (endStream)
        {
            Complete = true;
            harness.Answer?.Invoke(stream, this);
        }
    }
}
