namespace Proxy.Workers.Epoll;

/// <summary>Error numbers of Linux (the same on x64 and arm64).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int InvalidArgument = 22;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int BrokenPipe = 32;
    public const int AddressFamilyNotSupported = 97;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;
}

/// <summary>Bits of an epoll event.</summary>
internal static class EpollFlags
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerClosed = 0x2000;
    public const uint Exclusive = 1u << 28;
    public const uint EdgeTriggered = 1u << 31;

    public const int Add = 1;
    public const int Delete = 2;

    public const int CloseOnExec = 0x80000;
}

/// <summary>Families, types and options of sockets.</summary>
internal static class SocketConstants
{
    public const int Unspecified = 0;
    public const int Unix = 1;
    public const int InterNetwork = 2;
    public const int InterNetworkV6 = 10;

    public const int Stream = 1;
    public const int MultipathTcp = 262;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int ShutdownSend = 1;

    public const int SocketLevel = 1;
    public const int ReuseAddress = 2;
    public const int Error = 4;
    public const int KeepAlive = 9;
    public const int Linger = 13;
    public const int ReusePort = 15;

    public const int IpLevel = 0;
    public const int BindAddressNoPort = 24;

    public const int TcpLevel = 6;
    public const int NoDelay = 1;
    public const int KeepIdle = 4;
    public const int KeepInterval = 5;
    public const int KeepCount = 6;

    public const int Ipv6Level = 41;
    public const int Ipv6Only = 26;

    public const int DuplicateCloseOnExec = 1030;
    public const int GetStatusFlags = 3;
    public const int SetStatusFlags = 4;
}
