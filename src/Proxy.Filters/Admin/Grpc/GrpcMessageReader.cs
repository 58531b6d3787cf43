using System.Buffers.Binary;
using Proxy.Http;

namespace Proxy.Filters.Admin.Grpc;

/// <summary>Takes the messages out of a request body, in whatever pieces it comes.</summary>
/// <param name="maxMessageBytes">The most that one message may have.</param>
internal sealed class GrpcMessageReader(int maxMessageBytes)
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Bytes that were not taken yet; none between messages.</summary>
    public int Length => _end - _start;

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (_bytes.Length - _end < piece.Length)
        {
            var left = _end - _start;
            var room = left + piece.Length > _bytes.Length ? new byte[Math.Max(_bytes.Length * 2, left + piece.Length)] : _bytes;
            _bytes.AsSpan(_start, left).CopyTo(room);
            (_bytes, _start, _end) = (room, 0, left);
        }

        piece.CopyTo(_bytes.AsSpan(_end));
        _end += piece.Length;
    }

    /// <summary>Takes the next message.</summary>
    /// <param name="message">The message: lent until the next call; empty unless the result is true.</param>
    /// <param name="fault">Why the body cannot be read on; null for no reason.</param>
    /// <returns>False when there is none yet, or a fault.</returns>
    public bool TryRead(out ReadOnlyMemory<byte> message, out GrpcAnswer? fault)
    {
        (message, fault) = (default, null);
        var unread = _bytes.AsSpan(_start, _end - _start);
        if (unread.Length < GrpcFrames.HeaderLength)
        {
            return false;
        }

        if (unread[0] != 0)
        {
            fault = GrpcAnswer.Fault(GrpcCode.Unimplemented, "compressed messages are not supported");
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(unread[1..]);
        if (length > (uint)maxMessageBytes)
        {
            fault = GrpcAnswer.Fault(GrpcCode.ResourceExhausted, $"a message of {length} bytes is larger than {maxMessageBytes}");
            return false;
        }

        if (unread.Length - GrpcFrames.HeaderLength < length)
        {
            return false;
        }

        message = _bytes.AsMemory(_start + GrpcFrames.HeaderLength, (int)length);
        _start += GrpcFrames.HeaderLength + (int)length;
        return true;
    }
}
