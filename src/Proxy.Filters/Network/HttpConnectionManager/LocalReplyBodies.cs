using Proxy.Observability;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Makes the bodies of local replies (<c>local_reply_config.body_format</c>). One per worker.</summary>
internal sealed class LocalReplyBodies
{
    private readonly LogFormat _format;
    private readonly FormatWriter _writer = new();

    public LocalReplyBodies(LogFormat format, byte[] contentType)
    {
        _format = format;
        ContentType = contentType;
    }

    /// <summary>Type of the bodies.</summary>
    public byte[] ContentType { get; }

    /// <summary>The body of one reply; valid until the next call.</summary>
    public ReadOnlySpan<byte> Format(scoped in AccessLogEntry entry)
    {
        _writer.Clear();
        _format.Write(entry, _writer);
        return _writer.Written;
    }
}
