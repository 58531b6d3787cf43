using System.Buffers;
using System.Buffers.Binary;

namespace Proxy.Tls.Hello;

/// <summary>Finds a client hello in the first bytes of a connection, in as many records as its client has cut it into (RFC 8446, 5.1).</summary>
internal static class ClientHelloReader
{
    private const int RecordHeader = 5;
    private const int MaxRecord = 16 * 1024;
    private const int MessageHeader = 4;
    private const int LongestMessage = 16 * 1024; // what TLS libraries take
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;

    /// <summary>Told of a hello that is whole; its bytes are lent.</summary>
    public delegate bool Visitor<TState>(in ClientHello hello, TState state);

    /// <summary>Looks at <paramref name="data"/>, all that came so far.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="maxLength">Longest message, without its header.</param>
    /// <param name="visitor">Told of the hello; false calls it broken.</param>
    /// <param name="state">Handed to it.</param>
    public static ClientHelloStatus TryRead<TState>(ReadOnlySpan<byte> data, int maxLength, Visitor<TState> visitor, TState state)
    {
        var status = Measure(data, maxLength, out var length, out var records);
        if (status != ClientHelloStatus.Found)
        {
            return status;
        }

        if (records == 1)
        {
            return Visit(data.Slice(RecordHeader + MessageHeader, length), visitor, state);
        }

        var whole = ArrayPool<byte>.Shared.Rent(MessageHeader + length);
        Join(data, whole.AsSpan(0, MessageHeader + length));
        var answer = Visit(whole.AsSpan(MessageHeader, length), visitor, state);
        ArrayPool<byte>.Shared.Return(whole);
        return answer;
    }

    private static ClientHelloStatus Visit<TState>(ReadOnlySpan<byte> body, Visitor<TState> visitor, TState state) =>
        ClientHello.TryRead(body, out var hello) && visitor(hello, state) ? ClientHelloStatus.Found : ClientHelloStatus.NotFound;

    // Found when all of the message is there, in so many records.
    private static ClientHelloStatus Measure(ReadOnlySpan<byte> data, int maxLength, out int length, out int records)
    {
        length = -1;
        records = 0;
        Span<byte> header = stackalloc byte[MessageHeader];
        var have = 0;
        while (true)
        {
            if (!IsHandshake(data))
            {
                return ClientHelloStatus.NotFound;
            }

            if (data.Length < RecordHeader)
            {
                return ClientHelloStatus.NeedMoreData;
            }

            var size = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
            if (size is 0 or > MaxRecord)
            {
                return ClientHelloStatus.NotFound;
            }

            var fragment = data.Slice(RecordHeader, Math.Min(size, data.Length - RecordHeader));
            for (var i = 0; have + i < MessageHeader && i < fragment.Length; i++)
            {
                header[have + i] = fragment[i];
            }

            have += fragment.Length;
            records++;
            if (have > 0 && header[0] != ClientHelloMessage)
            {
                return ClientHelloStatus.NotFound;
            }

            if (have >= MessageHeader)
            {
                length = (header[1] << 16) | (header[2] << 8) | header[3];
                if (length > Math.Min(maxLength, LongestMessage))
                {
                    return length > LongestMessage ? ClientHelloStatus.NotFound : ClientHelloStatus.TooLarge;
                }

                if (have >= MessageHeader + length)
                {
                    return ClientHelloStatus.Found;
                }
            }

            if (fragment.Length < size)
            {
                return ClientHelloStatus.NeedMoreData;
            }

            data = data[(RecordHeader + size)..];
        }
    }

    // As far as there are bytes: type 22, and a version that begins with 3.
    private static bool IsHandshake(ReadOnlySpan<byte> data) =>
        (data.Length < 1 || data[0] == HandshakeRecord) && (data.Length < 2 || data[1] == 3) && (data.Length < 3 || data[2] <= 4);

    private static void Join(ReadOnlySpan<byte> data, Span<byte> message)
    {
        while (!message.IsEmpty)
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
            var count = Math.Min(size, message.Length);
            data.Slice(RecordHeader, count).CopyTo(message);
            message = message[count..];
            data = data[Math.Min(data.Length, RecordHeader + size)..];
        }
    }
}
