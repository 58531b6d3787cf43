using System.Buffers.Text;

namespace Proxy.Http;

/// <summary>The <c>grpc-timeout</c> header: up to eight digits and a unit (gRPC over HTTP/2, Requests).</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    /// <summary>The timeout in ms, rounded up; null when there is none that can be read.</summary>
    public static long? Read(HeaderMap headers)
    {
        var text = headers.Get(KnownHeader.GrpcTimeout);
        if (text.Length is < 2 or > MaxDigits + 1 || text[0] is < (byte)'0' or > (byte)'9'
            || !Utf8Parser.TryParse(text, out long value, out var used) || used != text.Length - 1)
        {
            return null;
        }

        return text[^1] switch
        {
            (byte)'H' => value * 3_600_000,
            (byte)'M' => value * 60_000,
            (byte)'S' => value * 1000,
            (byte)'m' => value,
            (byte)'u' => (value + 999) / 1000,
            (byte)'n' => (value + 999_999) / 1_000_000,
            _ => null,
        };
    }

    /// <summary>Sets the header, in the finest unit that holds the value.</summary>
    public static void Set(HeaderMap headers, long milliseconds)
    {
        var (value, unit) = milliseconds switch
        {
            <= MaxValue => (milliseconds, (byte)'m'),
            <= MaxValue * 1000 => (milliseconds / 1000, (byte)'S'),
            <= MaxValue * 60_000 => (milliseconds / 60_000, (byte)'M'),
            _ => (Math.Min(milliseconds / 3_600_000, MaxValue), (byte)'H'),
        };
        Span<byte> text = stackalloc byte[MaxDigits + 1];
        Utf8Formatter.TryFormat(value, text, out var length);
        text[length] = unit;
        headers.Set(KnownHeader.GrpcTimeout, text[..(length + 1)]);
    }
}
