using System.Net;
using System.Net.Sockets;

namespace Proxy.Observability.Operators;

/// <summary>Reads an address; null when there is none.</summary>
internal delegate EndPoint? AddressFunction(in AccessLogEntry entry);

/// <summary>Which part of an address is written.</summary>
internal enum AddressPart
{
    Whole,
    WithoutPort,
    Port,
}

/// <summary>Addresses, whole or in part; without port they may be cut to a prefix of some bits.</summary>
internal sealed class AddressOperator : FormatOperator
{
    private readonly AddressFunction _function;
    private readonly AddressPart _part;
    private readonly int? _prefixLength;

    public AddressOperator(AddressFunction function, AddressPart part, int? prefixLength = null)
    {
        _function = function;
        _part = part;
        _prefixLength = prefixLength;
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer)
    {
        switch (_function(entry))
        {
            case null:
                return false;
            case IPEndPoint ip:
                WriteIp(ip, writer);
                return true;
            case var other when _part == AddressPart.Port:
                _ = other;
                return false;
            case var other:
                writer.Write(other.ToString());
                return true;
        }
    }

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer)
    {
        return _part == AddressPart.Port ? TryWrite(entry, writer) : base.TryWriteJson(entry, writer);
    }

    private void WriteIp(IPEndPoint ip, FormatWriter writer)
    {
        if (_part == AddressPart.Port)
        {
            writer.Write(ip.Port);
        }
        else if (_prefixLength is { } bits)
        {
            WritePrefix(ip.Address, bits, writer);
        }
        else
        {
            Write(ip, _part == AddressPart.Whole, writer);
        }
    }

    /// <summary>Writes <paramref name="endPoint"/> as <c>1.2.3.4:80</c> or <c>[::1]:80</c>, or without its port.</summary>
    public static void Write(IPEndPoint endPoint, bool withPort, FormatWriter writer)
    {
        var bracket = withPort && endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        writer.Write(bracket ? "["u8 : default);
        writer.WriteFormattable(endPoint.Address);
        writer.Write(bracket ? "]"u8 : default);
        if (withPort)
        {
            writer.Write((byte)':');
            writer.Write(endPoint.Port);
        }
    }

    private static void WritePrefix(IPAddress address, int bits, FormatWriter writer)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        bits = Math.Clamp(bits, 0, count * 8);
        for (var i = 0; i < count; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        WriteBytes(bytes[..count], writer);
        writer.Write((byte)'/');
        writer.Write(bits);
    }

    private static void WriteBytes(ReadOnlySpan<byte> bytes, FormatWriter writer)
    {
        if (bytes.Length != 4)
        {
            writer.WriteFormattable(new IPAddress(bytes)); // IPv6 only: shortening it by hand is not worth an allocation in a rare operator
            return;
        }

        for (var i = 0; i < 4; i++)
        {
            writer.Write(i == 0 ? default : "."u8);
            writer.Write((long)bytes[i]);
        }
    }
}
