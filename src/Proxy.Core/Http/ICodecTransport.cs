using Proxy.Connections;

namespace Proxy.Http;

/// <summary>Where a codec's bytes go. Codecs do no I/O of their own.</summary>
internal interface ICodecTransport
{
    /// <summary>True once the connection is on its way out, whoever decided it: what the peer sent ahead is not begun any more.</summary>
    bool IsClosing => false;

    /// <summary>Bytes queued for the peer and not sent.</summary>
    long PendingBytes => 0;

    /// <summary>Queues bytes for the peer; copied or sent before the call returns.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Sends what is queued now, instead of when the callback unwinds.</summary>
    void Flush()
    {
    }

    /// <summary>Stops or resumes the bytes from the peer; counted.</summary>
    void ReadDisable(bool disable);

    /// <summary>What follows in both directions is a tunnel's: from now on the FIN of either side ends that side's direction only.</summary>
    void BeginTunnel();

    /// <summary>Sends FIN behind what was written; a tunnel has ended in this direction.</summary>
    void EndWrite();

    /// <summary>Asks for the connection to be closed.</summary>
    void Close(CloseMode mode, string details);
}
