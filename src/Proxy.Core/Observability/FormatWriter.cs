using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Proxy.Observability;

/// <summary>Bytes being put together: grows as needed and is used again and again, so that steady state allocates nothing.</summary>
/// <remarks>Not thread safe; usually one per worker.</remarks>
internal sealed class FormatWriter
{
    private const int KeptBytes = 64 * 1024;
    private const int InitialBytes = 512;

    private byte[] _buffer = new byte[InitialBytes];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets what was written; very large memory is given up.</summary>
    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > KeptBytes)
        {
            _buffer = new byte[InitialBytes];
        }
    }

    /// <summary>Drops everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    public void Write(byte value)
    {
        GetSpan(1)[0] = value;
        Length++;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        var room = GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Utf8.FromUtf16(text, room, out _, out var count);
        Length += count;
    }

    /// <summary>Writes a decimal number.</summary>
    public void Write(long value)
    {
        Utf8Formatter.TryFormat(value, GetSpan(20), out var count);
        Length += count;
    }

    /// <summary>Writes a number with leading zeros.</summary>
    public void WritePadded(long value, int digits)
    {
        Utf8Formatter.TryFormat(value, GetSpan(40), out var count, new System.Buffers.StandardFormat('D', (byte)digits));
        Length += count;
    }

    /// <summary>Writes what can format itself, such as an address or a date.</summary>
    public void WriteFormattable<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        int count;
        for (var room = 64; !value.TryFormat(GetSpan(room), out count, format, System.Globalization.CultureInfo.InvariantCulture); room *= 2)
        {
        }

        Length += count;
    }

    /// <summary>Room for at least <paramref name="count"/> bytes; say with <see cref="Advance"/> how many were used.</summary>
    public Span<byte> GetSpan(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        return _buffer.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;
}
