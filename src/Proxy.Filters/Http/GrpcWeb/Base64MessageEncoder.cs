using System.Buffers.Text;
using Proxy.Http;

namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>Encodes a gRPC body that comes in pieces: each message on its own, padded at its end. Nothing but up to two bytes waits between pieces.</summary>
internal sealed class Base64MessageEncoder
{
    private const int Group = 3;

    private readonly ByteList _encoded = new();
    private readonly byte[] _carry = new byte[Group];
    private GrpcFrames _frames;
    private int _carried;

    /// <summary>Encodes what can be; the result lives until the next call.</summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> data, bool endStream)
    {
        _encoded.Clear();
        while (!data.IsEmpty)
        {
            var used = _frames.Advance(data);
            Add(data[..used], isEnd: _frames.IsAtBoundary);
            data = data[used..];
        }

        if (endStream)
        {
            Add(default, isEnd: true);
        }

        return _encoded.Written;
    }

    public void Reset()
    {
        _frames = default;
        _carried = 0;
    }

    private void Add(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (_carried > 0)
        {
            var missing = Math.Min(Group - _carried, data.Length);
            data[..missing].CopyTo(_carry.AsSpan(_carried));
            _carried += missing;
            data = data[missing..];
            if (_carried < Group && !isEnd)
            {
                return;
            }

            Write(_carry.AsSpan(0, _carried));
            _carried = 0;
        }

        var whole = isEnd ? data.Length : data.Length / Group * Group;
        Write(data[..whole]);
        if (whole < data.Length)
        {
            data[whole..].CopyTo(_carry);
            _carried = data.Length - whole;
        }
    }

    private void Write(ReadOnlySpan<byte> data) => Base64.EncodeToUtf8(data, _encoded.Skip(Base64.GetMaxEncodedToUtf8Length(data.Length)), out _, out _);
}
