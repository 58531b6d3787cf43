namespace Proxy.Tls;

/// <summary>Told what becomes of the handshakes of connections; on the connection's worker.</summary>
internal interface ITlsObserver
{
    /// <summary>The handshake is done.</summary>
    void OnSecured(TlsConnection connection, TlsSession session);

    /// <summary>The session is broken, in the handshake or later.</summary>
    void OnFailed(TlsConnection connection, TlsSession session);

    /// <summary>The handshake took too long.</summary>
    void OnHandshakeTimeout(TlsConnection connection);
}
