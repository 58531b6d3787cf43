using System.Buffers.Binary;
using System.Text;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Writes protobuf's wire format into one growing buffer.</summary>
internal sealed class WireWriter
{
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Varint(ulong value)
    {
        var span = Reserve(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[i++] = (byte)(value | 0x80);
        }

        span[i++] = (byte)value;
        Length += i;
    }

    public void VarintField(int number, ulong value)
    {
        Varint((ulong)number << 3);
        Varint(value);
    }

    public void DoubleField(int number, double value)
    {
        Varint(((ulong)number << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
        Length += 8;
    }

    public void FloatField(int number, float value)
    {
        Varint(((ulong)number << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(Reserve(4), value);
        Length += 4;
    }

    public void StringField(int number, string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        Varint(((ulong)number << 3) | 2);
        Varint((ulong)count);
        Encoding.UTF8.GetBytes(value, Reserve(count));
        Length += count;
    }

    public void BytesField(int number, ReadOnlySpan<byte> value)
    {
        Varint(((ulong)number << 3) | 2);
        Varint((ulong)value.Length);
        value.CopyTo(Reserve(value.Length));
        Length += value.Length;
    }

    /// <summary>Opens a nested message; what is written until <see cref="End"/> belongs to it.</summary>
    /// <returns>What <see cref="End"/> wants back.</returns>
    public int Begin(int number)
    {
        Varint(((ulong)number << 3) | 2);
        Reserve(1);
        return ++Length;
    }

    /// <summary>Closes a nested message and puts its length in front of it.</summary>
    public void End(int start)
    {
        var count = Length - start;
        var more = 0;
        for (var rest = (uint)count >> 7; rest > 0; rest >>= 7)
        {
            more++;
        }

        // One byte was kept for the length, which is enough for most; the others move.
        Reserve(more);
        _buffer.AsSpan(start, count).CopyTo(_buffer.AsSpan(start + more));
        Length = start - 1;
        Varint((ulong)count);
        Length += count;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        return _buffer.AsSpan(Length);
    }
}
