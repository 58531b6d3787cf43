namespace Proxy.Tls;

/// <summary>
/// One TLS session: fed the bytes of its peer, it returns bytes for the peer and plain text. It does no I/O, so that it runs over any transport and the
/// engine behind it can change.
/// </summary>
/// <remarks>Belongs to one thread. After a step has <see cref="TlsStatus.Failed"/> only its disposal may follow.</remarks>
internal abstract class TlsSession : IDisposable
{
    /// <summary>True when plain text waits that needs no further input.</summary>
    public abstract bool HasPlainText { get; }

    /// <summary>Goes on with the handshake.</summary>
    /// <param name="input">Bytes of the peer.</param>
    /// <param name="used">How many of them are used up, from the front.</param>
    /// <param name="output">Takes bytes for the peer.</param>
    /// <returns><see cref="TlsStatus.Done"/> once it is complete.</returns>
    public abstract TlsStatus Handshake(ReadOnlySpan<byte> input, out int used, TlsOutput output);

    /// <summary>Decrypts.</summary>
    /// <param name="input">Bytes of the peer.</param>
    /// <param name="used">How many of them are used up, from the front.</param>
    /// <param name="plain">Room for plain text.</param>
    /// <param name="count">How much of it was filled, whatever the answer is.</param>
    /// <param name="output">Takes bytes for the peer: answers of the protocol, such as new keys.</param>
    /// <returns><see cref="TlsStatus.Done"/> when the room is full.</returns>
    public abstract TlsStatus Read(ReadOnlySpan<byte> input, out int used, Span<byte> plain, out int count, TlsOutput output);

    /// <summary>Encrypts all of <paramref name="plain"/>.</summary>
    public abstract TlsStatus Write(ReadOnlySpan<byte> plain, TlsOutput output);

    /// <summary>Ends this side in order (close_notify).</summary>
    public abstract void Shutdown(TlsOutput output);

    /// <summary>What was agreed on; once the handshake is done.</summary>
    public abstract TlsInfo Describe();

    /// <summary>Why the session failed, in the library's words; empty when there are none, as for a peer that just left.</summary>
    public string FailureReason { get; protected set; } = "";

    /// <summary>How the certificate of the peer failed its check; null when it did not.</summary>
    public TlsVerifyFailure? VerifyFailure { get; protected set; }

    /// <summary>Algorithm by which the peer has signed, by its name in TLS; empty when it has not.</summary>
    public virtual string PeerSignature => "";

    /// <summary>Servers: whether a client that asked for an OCSP response was given one; null when it did not ask.</summary>
    public bool? StapleAnswered { get; internal set; }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the engine holds.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Ways in which a certificate fails its check, as they are counted.</summary>
internal enum TlsVerifyFailure
{
    /// <summary>There is none (<c>fail_verify_no_cert</c>).</summary>
    NoCertificate,

    /// <summary>Its chain is not trusted (<c>fail_verify_error</c>).</summary>
    Chain,

    /// <summary>It has no name that is wanted (<c>fail_verify_san</c>).</summary>
    SubjectAltName,

    /// <summary>It is not one of those pinned (<c>fail_verify_cert_hash</c>).</summary>
    Pin,
}
