using System.Runtime.InteropServices;

namespace Proxy.Tls.OpenSsl;

/// <summary>Where OpenSSL asks back. Nothing may be thrown through it.</summary>
internal static unsafe class OpenSslCallbacks
{
    private static readonly int SessionIndex = LibSsl.StoreContextIndex();

    /// <summary>The certificate of a peer is to be checked.</summary>
    [UnmanagedCallersOnly]
    public static int OnVerify(nint context, void* argument)
    {
        try
        {
            return OpenSslSession.Of(LibCrypto.StoreContextData(context, SessionIndex)).Verify(context) ? 1 : 0;
        }
        catch (Exception)
        {
            LibCrypto.StoreContextSetError(context, OpenSslConstants.VerifyErrorUnspecified);
            return 0;
        }
    }

    /// <summary>A client offers application protocols.</summary>
    [UnmanagedCallersOnly]
    public static int OnProtocols(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint length, void* argument)
    {
        var wanted = ((OpenSslServerContext)OpenSslSession.Of(ssl).Context).Protocols;
        var place = AlpnList.Choose(wanted, new ReadOnlySpan<byte>(offered, (int)length), out var count);
        if (place < 0)
        {
            return OpenSslConstants.ExtensionNoAck;
        }

        *chosen = offered + place;
        *chosenLength = (byte)count;
        return OpenSslConstants.ExtensionOk;
    }

    /// <summary>A client has said hello: before anything is chosen.</summary>
    [UnmanagedCallersOnly]
    public static int OnClientHello(nint ssl, int* alert, void* argument)
    {
        try
        {
            *alert = ((OpenSslServerContext)OpenSslSession.Of(ssl).Context).OnHello(ssl);
            return *alert == 0 ? OpenSslConstants.HelloSuccess : OpenSslConstants.HelloError;
        }
        catch (Exception)
        {
            return OpenSslConstants.HelloError;
        }
    }

    /// <summary>A certificate is needed: it was chosen with the hello. Where nobody is asked, OpenSSL blames the version for algorithms that do not suit.</summary>
    [UnmanagedCallersOnly]
    public static int OnCertificate(nint ssl, void* argument) => OpenSslConstants.Ok;

    /// <summary>A client asks for an OCSP response.</summary>
    [UnmanagedCallersOnly]
    public static int OnStatusRequest(nint ssl, void* argument)
    {
        try
        {
            return ((OpenSslServerContext)OpenSslSession.Of(ssl).Context).Staple(ssl) ? OpenSslConstants.ExtensionOk : OpenSslConstants.ExtensionNoAck;
        }
        catch (Exception)
        {
            return OpenSslConstants.ExtensionNoAck;
        }
    }

    /// <summary>A ticket is to be made or opened.</summary>
    [UnmanagedCallersOnly]
    public static int OnTicket(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int making)
    {
        var keys = ((OpenSslServerContext)OpenSslSession.Of(ssl).Context).TicketKeys!;
        return making != 0 ? keys.Make(name, iv, cipher, mac) : keys.Open(name, iv, cipher, mac);
    }

    /// <summary>A ticket of TLS 1.3 is about to be sent: the one moment after the client's certificate at which OpenSSL lets others name an alert.</summary>
    [UnmanagedCallersOnly]
    public static int OnTicketExtension(nint ssl, uint type, uint message, byte** bytes, nuint* length, nint certificate, nuint index, int* alert, void* argument)
    {
        if (OpenSslSession.Of(ssl).IsRefusedLate)
        {
            *alert = TlsAlert.BadCertificateHashValue;
            return -1;
        }

        return 0;
    }

    /// <summary>A secret of a session is known, as a line of text.</summary>
    [UnmanagedCallersOnly]
    public static void OnKey(nint ssl, byte* line)
    {
        try
        {
            OpenSslSession.Of(ssl).Options.KeyLog?.Write(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line));
        }
        catch (Exception)
        {
            // a connection goes on without its log
        }
    }

    /// <summary>A client has got a session that it can resume.</summary>
    [UnmanagedCallersOnly]
    public static int OnNewSession(nint ssl, nint session) => ((OpenSslClientContext)OpenSslSession.Of(ssl).Context).Keep(session) ? 1 : 0;
}
