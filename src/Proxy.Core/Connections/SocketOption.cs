using System.Net.Sockets;
using Proxy.Configuration;

namespace Proxy.Connections;

/// <summary>One option of a socket in the system's own numbers (Envoy <c>core.v3.SocketOption</c>); a system that refuses it refuses the socket.</summary>
/// <param name="Level">Level of the option, as <c>SOL_SOCKET</c>.</param>
/// <param name="Name">Number of the option at its level.</param>
/// <param name="Value">The bytes it is set to.</param>
public sealed record SocketOption(int Level, int Name, ConfigList<byte> Value)
{
    private const int IpLevel = 0;
    private const int TcpLevel = 6;
    private const int Ipv6Level = 41;

    /// <summary>When it is set. Default before the socket is bound.</summary>
    public SocketState State { get; init; }

    /// <summary>Sockets of this family only; null for all.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>Lets Linux bind addresses that the machine does not have yet (<c>IP_FREEBIND</c>).</summary>
    public static ConfigList<SocketOption> FreeBind { get; } = OfBothFamilies(15, 78);

    /// <summary>Lets Linux take connections to addresses of others, which needs the capability NET_ADMIN (<c>IP_TRANSPARENT</c>).</summary>
    public static ConfigList<SocketOption> Transparent { get; } = OfBothFamilies(19, 75);

    /// <summary>An option whose value is a number.</summary>
    /// <param name="level">Level of the option.</param>
    /// <param name="name">Number of the option at its level.</param>
    /// <param name="value">The number.</param>
    public static SocketOption OfNumber(int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        return new SocketOption(level, name, ConfigList.Create<byte>(bytes));
    }

    /// <summary>TCP Fast Open on Linux for sockets that listen (<c>TCP_FASTOPEN</c>).</summary>
    /// <param name="queue">Connections that may wait for the end of their handshake; 0 turns it off.</param>
    public static SocketOption FastOpen(int queue) => OfNumber(TcpLevel, 23, queue) with { State = SocketState.Listening };

    /// <summary>True when it is for sockets of <paramref name="family"/> and set at <paramref name="state"/>.</summary>
    internal bool IsFor(AddressFamily family, SocketState state) => State == state && (Family is null || Family == family);

    private static ConfigList<SocketOption> OfBothFamilies(int name, int ipv6Name) =>
    [
        OfNumber(IpLevel, name, 1) with { Family = AddressFamily.InterNetwork },
        OfNumber(Ipv6Level, ipv6Name, 1) with { Family = AddressFamily.InterNetworkV6 },
    ];
}

/// <summary>When a <see cref="SocketOption"/> is set (Envoy <c>core.v3.SocketOption.SocketState</c>).</summary>
public enum SocketState
{
    /// <summary>Before the socket is bound, or connects.</summary>
    Prebind,

    /// <summary>When it is bound.</summary>
    Bound,

    /// <summary>When it listens. Nothing on sockets that connect.</summary>
    Listening,
}
