using Proxy.Observability;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Makes the bodies of local replies (<c>local_reply_config.body_format</c>).</summary>
internal interface ILocalReplyFormatter
{
    /// <summary>Type of the bodies.</summary>
    byte[] ContentType { get; }

    /// <summary>The body of one reply; valid until the next call on this worker.</summary>
    ReadOnlySpan<byte> Format(scoped in AccessLogEntry entry);
}
