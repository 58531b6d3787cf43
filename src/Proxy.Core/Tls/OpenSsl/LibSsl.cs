using System.Runtime.InteropServices;

namespace Proxy.Tls.OpenSsl;

/// <summary>Functions of the system's libssl, by their own names.</summary>
internal static unsafe partial class LibSsl
{
    private const string Library = "libssl.so.3";

    [LibraryImport(Library, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Library, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint ContextCallbackControl(nint context, int command, void* callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cipher_list")]
    public static partial int SetCipherList(nint context, byte* list);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_ciphersuites")]
    public static partial int SetCipherSuites(nint context, byte* list);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_security_level")]
    public static partial void SetSecurityLevel(nint context, int level);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(nint context, int mode, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify_depth")]
    public static partial void SetVerifyDepth(nint context, int depth);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static partial void SetVerifyCallback(nint context, delegate* unmanaged<nint, void*, int> callback, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void SetProtocolSelector(nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, void*, int> callback, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_client_hello_cb")]
    public static partial void SetClientHelloCallback(nint context, delegate* unmanaged<nint, int*, void*, int> callback, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_cb")]
    public static partial void SetCertificateCallback(nint context, delegate* unmanaged<nint, void*, int> callback, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_keylog_callback")]
    public static partial void SetKeyLogCallback(nint context, delegate* unmanaged<nint, byte*, void> callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int SetSessionIdContext(nint context, byte* id, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_timeout")]
    public static partial nint SetTimeout(nint context, nint seconds);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int SetTicketCount(nint context, nuint count);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    public static partial void SetNewSessionCallback(nint context, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_client_CA_list")]
    public static partial void SetClientCaList(nint context, nint names);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint ContextStore(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    public static partial int SetTicketCallback(nint context, delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_cert_and_key")]
    public static partial int ContextUseCertificate(nint context, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, void* argument);

    [LibraryImport(Library, EntryPoint = "SSL_set_ex_data")]
    public static partial int SetData(nint ssl, int index, nint data);

    [LibraryImport(Library, EntryPoint = "SSL_get_ex_data")]
    public static partial nint GetData(nint ssl, int index);

    [LibraryImport(Library, EntryPoint = "SSL_get_ex_data_X509_STORE_CTX_idx")]
    public static partial int StoreContextIndex();

    [LibraryImport(Library, EntryPoint = "SSL_get_SSL_CTX")]
    public static partial nint ContextOf(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read_ex")]
    public static partial int Read(nint ssl, byte* buffer, nuint size, nuint* count);

    [LibraryImport(Library, EntryPoint = "SSL_write_ex")]
    public static partial int Write(nint ssl, byte* buffer, nuint size, nuint* count);

    [LibraryImport(Library, EntryPoint = "SSL_pending")]
    [SuppressGCTransition]
    public static partial int Pending(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_shutdown")]
    public static partial void SetShutdown(nint ssl, int mode);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_get_version")]
    public static partial byte* Version(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_version")]
    public static partial int VersionNumber(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint CurrentCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_pending_cipher")]
    public static partial nint PendingCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_kx_nid")]
    public static partial int CipherKeyExchange(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_name")]
    public static partial byte* CipherName(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void SelectedProtocol(nint ssl, byte** name, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_set_alpn_protos")]
    public static partial int SetProtocols(nint ssl, byte* list, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    public static partial int SessionReused(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_session")]
    public static partial nint GetSession(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_id")]
    public static partial byte* SessionId(nint session, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    public static partial void SessionFree(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_protocol_version")]
    public static partial int SessionVersion(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_get0_peer_certificate")]
    public static partial nint PeerCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_peer_cert_chain")]
    public static partial nint PeerChain(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_certificate")]
    public static partial nint LocalCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_verify_result")]
    public static partial nint VerifyResult(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_use_cert_and_key")]
    public static partial int UseCertificate(nint ssl, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Library, EntryPoint = "SSL_certs_clear")]
    public static partial void ClearCertificates(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get0_param")]
    public static partial nint ContextParameters(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_client_hello_get0_ext")]
    public static partial int HelloExtension(nint ssl, uint type, byte** bytes, nuint* length);

    [LibraryImport(Library, EntryPoint = "SSL_client_hello_get0_ciphers")]
    public static partial nuint HelloCiphers(nint ssl, byte** bytes);

    [LibraryImport(Library, EntryPoint = "SSL_client_hello_get0_compression_methods")]
    public static partial nuint HelloCompressions(nint ssl, byte** bytes);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_add_custom_ext")]
    public static partial int AddExtension(
        nint context, uint type, uint messages, delegate* unmanaged<nint, uint, uint, byte**, nuint*, nint, nuint, int*, void*, int> add, nint free, nint addArgument, nint parse, nint parseArgument);

    [LibraryImport(Library, EntryPoint = "SSL_set_num_tickets")]
    public static partial int SetSessionTicketCount(nint ssl, nuint count);

    [LibraryImport(Library, EntryPoint = "SSL_set_options")]
    public static partial ulong SetSessionOptions(nint ssl, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_set_cipher_list")]
    public static partial int SetSessionCipherList(nint ssl, byte* list);

    [LibraryImport(Library, EntryPoint = "SSL_get_peer_signature_type_nid")]
    public static partial int PeerSignatureType(nint ssl, int* nid);
}
