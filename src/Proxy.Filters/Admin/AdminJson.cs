using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Proxy.Filters.Admin;

/// <summary>What admin answers in JSON share.</summary>
internal static class AdminJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, IndentSize = 1 };

    /// <summary>An object whose properties <paramref name="write"/> writes.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>An address in Envoy's text form.</summary>
    public static string AddressText(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => unix.ToString()!.Replace('\0', '@'),
        _ => endPoint.ToString() ?? "",
    };

    /// <summary>An address as JSON of <c>envoy.config.core.v3.Address</c>.</summary>
    public static void WriteAddress(Utf8JsonWriter json, EndPoint endPoint)
    {
        json.WriteStartObject();
        if (endPoint is IPEndPoint ip)
        {
            json.WriteStartObject("socket_address");
            json.WriteString("address", ip.Address.ToString());
            json.WriteNumber("port_value", ip.Port);
        }
        else
        {
            json.WriteStartObject("pipe");
            json.WriteString("path", AddressText(endPoint));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A duration as protobuf writes it: <c>3s</c>.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalSeconds}s");
}
