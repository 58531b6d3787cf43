using System.Text;
using Proxy.Http;

namespace Proxy.Fuzz.Targets;

/// <summary>A message that came out of a codec.</summary>
internal sealed class FuzzMessage : IServerStreamHandler, IClientStreamHandler
{
    private readonly List<byte> _body = [];
    private readonly StringBuilder _interim = new();
    private bool _ended;

    /// <summary>Called when the message is complete or broken.</summary>
    public Action<FuzzMessage>? OnEnd { get; set; }

    public HeaderMap RequestHeaders { get; } = new();

    public HeaderMap RequestTrailers { get; } = new();

    public HeaderMap ResponseHeaders => RequestHeaders;

    public HeaderMap ResponseTrailers => RequestTrailers;

    public bool HasHead { get; private set; }

    public bool HasTrailers { get; private set; }

    public bool IsComplete { get; private set; }

    public string Fault { get; private set; } = "";

    public byte[] Body => [.. _body];

    public string Describe() => $"{_interim}{(HasHead ? Text(RequestHeaders) : "")}\n{Encoding.Latin1.GetString(Body)}\n{(HasTrailers ? Text(RequestTrailers) : "")}\n{IsComplete} {Fault}";

    public static string Text(HeaderMap map)
    {
        var text = new StringBuilder();
        foreach (var field in map)
        {
            text.Append(Encoding.Latin1.GetString(field.Name)).Append('=').Append(Encoding.Latin1.GetString(field.Value)).Append('\n');
        }

        return text.ToString();
    }

    public void OnHeaders(bool endStream)
    {
        Check(!HasHead && !_ended, "a second head");
        HasHead = true;
        End(endStream);
    }

    public void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        Check(HasHead && !_ended, "data without a head or behind the end");
        _body.AddRange(data);
        End(endStream);
    }

    public void OnTrailers()
    {
        Check(HasHead && !_ended, "trailers without a head or behind the end");
        HasTrailers = true;
        End(true);
    }

    public void OnInformational() => _interim.Append(Text(RequestHeaders));

    public void OnCodecError(HttpCodecError error) => Break(error.Details);

    public void OnReset(StreamResetReason reason, string details) => Break(reason + details);

    public void OnReset(StreamResetReason reason)
    {
    }

    public void OnAboveHighWatermark()
    {
    }

    public void OnBelowLowWatermark()
    {
    }

    public void OnStreamClosed()
    {
    }

    private static void Check(bool condition, string problem)
    {
        if (!condition)
        {
            throw new FuzzException(problem);
        }
    }

    private void Break(string fault)
    {
        Check(!_ended, "a fault behind the end");
        Fault = fault;
        _ended = true;
        OnEnd?.Invoke(this);
    }

    private void End(bool endStream)
    {
        if (endStream)
        {
            IsComplete = true;
            _ended = true;
            OnEnd?.Invoke(this);
        }
    }
}
