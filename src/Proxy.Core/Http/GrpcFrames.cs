using System.Buffers.Binary;

namespace Proxy.Http;

/// <summary>Finds the messages in a gRPC body, in whatever pieces it comes: a byte of flags, four of length, then the message.</summary>
internal struct GrpcFrames
{
    /// <summary>Bytes in front of a message.</summary>
    public const int HeaderLength = 5;

    private uint _left; // of the message under way
    private uint _length; // as far as it has come
    private byte _header; // bytes of the header that have come

    /// <summary>Messages that have begun: their length is known.</summary>
    public long Count { get; private set; }

    /// <summary>True in front of a message.</summary>
    public readonly bool IsAtBoundary => _header == 0;

    /// <summary>Writes what stands in front of a message of <paramref name="length"/> bytes.</summary>
    public static void WriteHeader(Span<byte> destination, byte flags, int length)
    {
        destination[0] = flags;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
    }

    /// <summary>Reads on to the end of the message under way, or of the bytes. Returns the bytes used, at least one.</summary>
    public int Advance(ReadOnlySpan<byte> data)
    {
        var used = 0;
        while (_header < HeaderLength && used < data.Length)
        {
            var value = data[used++];
            _length = _header++ == 0 ? 0 : (_length << 8) | value;
            if (_header == HeaderLength)
            {
                _left = _length;
                Count++;
            }
        }

        if (_header == HeaderLength)
        {
            var part = (int)Math.Min(_left, (uint)(data.Length - used));
            _left -= (uint)part;
            used += part;
            _header = _left == 0 ? (byte)0 : _header;
        }

        return used;
    }

    /// <summary>Reads all of <paramref name="data"/>. Returns how many messages began in it.</summary>
    public int Read(ReadOnlySpan<byte> data)
    {
        var before = Count;
        while (!data.IsEmpty)
        {
            data = data[Advance(data)..];
        }

        return (int)(Count - before);
    }
}
