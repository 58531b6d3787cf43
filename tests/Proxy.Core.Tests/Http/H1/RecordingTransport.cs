using System.Text;
using Proxy.Connections;
using Proxy.Http;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>Keeps what a codec writes and asks for.</summary>
internal sealed class RecordingTransport : ICodecTransport
{
    private readonly List<byte> _written = [];

    public int ReadDisables { get; private set; }

    public CloseMode? Closed { get; private set; }

    public bool IsClosing => Closed is not null;

    public string CloseDetails { get; private set; } = "";

    public string Text => Encoding.Latin1.GetString([.. _written]);

    public int WrittenBytes => _written.Count;

    public bool IsTunnel { get; private set; }

    public bool WriteEnded { get; private set; }

    public void BeginTunnel() => IsTunnel = true;

    public void EndWrite() => WriteEnded = true;

    public string TakeText()
    {
        var text = Text;
        _written.Clear();
        return text;
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        if (Closed is null)
        {
            _written.AddRange(data);
        }
    }

    public void ReadDisable(bool disable) => ReadDisables += disable ? 1 : -1;

    public void Close(CloseMode mode, string details)
    {
        if (Closed is null)
        {
            Closed = mode;
            CloseDetails = details;
        }
    }
}
