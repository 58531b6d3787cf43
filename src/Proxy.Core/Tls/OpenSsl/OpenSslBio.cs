using System.Runtime.InteropServices;

namespace Proxy.Tls.OpenSsl;

/// <summary>The BIO through which OpenSSL reads the bytes lent to a session's call, and leaves what is for the peer: no memory of its own, no copy more than a socket makes.</summary>
internal static unsafe class OpenSslBio
{
    private static readonly nint Method = CreateMethod();

    /// <summary>A BIO whose data is <paramref name="session"/>, a <see cref="GCHandle"/>.</summary>
    public static nint Create(nint session)
    {
        var bio = LibCrypto.BioNew(Method);
        LibCrypto.BioSetData(bio, session);
        LibCrypto.BioSetInit(bio, 1);
        return bio;
    }

    private static nint CreateMethod()
    {
        var method = LibCrypto.BioMethodNew(LibCrypto.BioNewIndex() | OpenSslConstants.BioTypeSourceSink, "connection");
        _ = LibCrypto.BioMethodSetRead(method, &Read);
        _ = LibCrypto.BioMethodSetWrite(method, &Write);
        _ = LibCrypto.BioMethodSetControl(method, &Control);
        return method;
    }

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* buffer, nuint size, nuint* count)
    {
        LibCrypto.BioClearFlags(bio, OpenSslConstants.BioFlagsRetry);
        var taken = OpenSslSession.FromHandle(LibCrypto.BioGetData(bio)).TakeInput(new Span<byte>(buffer, (int)Math.Min(size, int.MaxValue)));
        *count = (nuint)taken;
        if (taken > 0)
        {
            return OpenSslConstants.Ok;
        }

        LibCrypto.BioSetFlags(bio, OpenSslConstants.BioFlagRead | OpenSslConstants.BioFlagShouldRetry);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* buffer, nuint size, nuint* count)
    {
        OpenSslSession.FromHandle(LibCrypto.BioGetData(bio)).AddOutput(new ReadOnlySpan<byte>(buffer, (int)size));
        *count = size;
        return OpenSslConstants.Ok;
    }

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command == OpenSslConstants.BioControlFlush ? 1 : 0;
}
