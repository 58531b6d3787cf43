using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Proxy.Connections;
using Proxy.Tls;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>The client of a connection, in the forms that its requests need again and again.</summary>
internal sealed class PeerAddress
{
    private static readonly Lazy<byte[]> MachineAddress = new(FindMachineAddress);

    private readonly EndPoint _remote;
    private ForwardedFor? _list;
    private byte[]? _text;
    private byte[]? _forwarded;

    public PeerAddress(ConnectionInfo connection)
    {
        _remote = connection.RemoteEndPoint;
        IsTls = connection.IsTls;
        Tls = connection.Tls;
        LocalPort = (connection.LocalEndPoint as IPEndPoint)?.Port ?? 0;
    }

    /// <summary>An address of this machine that means something elsewhere.</summary>
    public static ReadOnlySpan<byte> Machine => MachineAddress.Value;

    public EndPoint EndPoint => _remote;

    /// <summary>Port that the client connected to; 0 when there is none.</summary>
    public int LocalPort { get; }

    /// <summary>The client has come over TLS that ends here.</summary>
    public bool IsTls { get; }

    /// <summary>What TLS has agreed on; null for none.</summary>
    public TlsInfo? Tls { get; }

    /// <summary>What is told of the client's certificate, made with the first request that tells it.</summary>
    public byte[]? ClientCertElement { get; set; }

    /// <summary>Addresses found in <c>x-forwarded-for</c> on this connection.</summary>
    public ForwardedFor Forwarded => _list ??= new ForwardedFor();

    /// <summary>The client's address without a port; empty when it is no IP address.</summary>
    public ReadOnlySpan<byte> Text => _text ??= TextOf(_remote);

    /// <summary>What is added to <c>x-forwarded-for</c>: the client, or for a client on this machine the machine's own address, which means something elsewhere.</summary>
    public ReadOnlySpan<byte> ForwardedText => _forwarded ??= _remote is IPEndPoint ip && IPAddress.IsLoopback(ip.Address) ? MachineAddress.Value : TextOf(_remote);

    /// <summary>An address as text without its port.</summary>
    public static byte[] TextOf(EndPoint address)
    {
        if (address is not IPEndPoint ip)
        {
            return [];
        }

        var plain = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return Encoding.ASCII.GetBytes(plain.ToString());
    }

    private static byte[] FindMachineAddress()
    {
        try
        {
            var addresses = NetworkInterface.GetAllNetworkInterfaces()
                .Where(static card => card.OperationalStatus == OperationalStatus.Up)
                .SelectMany(static card => card.GetIPProperties().UnicastAddresses)
                .Select(static unicast => unicast.Address);
            var own = addresses.FirstOrDefault(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
            return Encoding.ASCII.GetBytes((own ?? IPAddress.Loopback).ToString());
        }
        catch (NetworkInformationException)
        {
            return "127.0.0.1"u8.ToArray();
        }
    }
}
