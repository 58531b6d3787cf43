using System.Text;
using Proxy.Http;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>What a client codec told about one answer.</summary>
internal sealed class RecordedResponse : IClientStreamHandler
{
    private readonly StringBuilder _body = new();

    public HeaderMap ResponseHeaders { get; } = new();

    public HeaderMap ResponseTrailers { get; } = new();

    public List<string> Interim { get; } = [];

    public bool HasHead { get; private set; }

    public bool Complete { get; private set; }

    public bool HasTrailers { get; private set; }

    public string Head { get; private set; } = "";

    public string Body => _body.ToString();

    public StreamResetReason? ResetReason { get; private set; }

    public string ResetDetails { get; private set; } = "";

    public int WatermarkCalls { get; private set; }

    /// <summary>Called from inside the last event.</summary>
    public Action? OnComplete { get; set; }

    /// <summary>Everything seen, in one line; pieces of the body are run together.</summary>
    public override string ToString() =>
        $"{string.Join('+', Interim)};{Head};{Body};{(HasTrailers ? string.Join('|', Text.Fields(ResponseTrailers)) : "")};{(Complete ? "complete" : "open")};{ResetReason};{ResetDetails}";

    /// <summary>Lets a tunnel be reset after its answer has ended.</summary>
    public void Forgive() => Complete = false;

    public void OnInformational() => Interim.Add(string.Join('|', Text.Fields(ResponseHeaders)));

    public void OnHeaders(bool endStream)
    {
        HasHead.Should().BeFalse();
        HasHead = true;
        Head = string.Join('|', Text.Fields(ResponseHeaders));
        Finish(endStream);
    }

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        (Complete || ResetReason is not null).Should().BeFalse("nothing follows the end");
        HasHead.Should().BeTrue();
        _body.Append(Encoding.Latin1.GetString(data));
        Finish(endStream);
    }

    public void OnTrailers()
    {
        HasTrailers = true;
        Finish(true);
    }

    public void OnReset(StreamResetReason reason, string details)
    {
        (Complete || ResetReason is not null).Should().BeFalse("nothing follows the end");
        ResetReason = reason;
        ResetDetails = details;
    }

    public void OnAboveHighWatermark() => WatermarkCalls++;

    public void OnBelowLowWatermark() => WatermarkCalls--;

    private void Finish(bool endStream)
    {
        Complete |= endStream;
        if (endStream)
        {
            OnComplete?.Invoke();
        }
    }
}
