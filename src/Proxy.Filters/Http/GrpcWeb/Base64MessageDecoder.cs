using System.Buffers;
using System.Buffers.Text;

namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>Decodes Base64 that comes in pieces. A client may encode message by message, so padding ends a group anywhere.</summary>
internal sealed class Base64MessageDecoder
{
    private const int Group = 4;
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    private readonly ByteList _decoded = new();
    private readonly byte[] _carry = new byte[Group];
    private int _carried;

    /// <summary>Decodes the groups that are complete; the result lives until the next call. False for what is no Base64.</summary>
    public bool TryDecode(ReadOnlySpan<byte> data, bool endStream, out ReadOnlySpan<byte> decoded)
    {
        _decoded.Clear();
        decoded = default;
        if (_carried > 0)
        {
            var missing = Math.Min(Group - _carried, data.Length);
            data[..missing].CopyTo(_carry.AsSpan(_carried));
            _carried += missing;
            data = data[missing..];
            if (_carried == Group)
            {
                _carried = 0;
                if (!TryDecodeGroups(_carry))
                {
                    return false;
                }
            }
        }

        var whole = data.Length / Group * Group;
        if (!TryDecodeGroups(data[..whole]))
        {
            return false;
        }

        if (whole < data.Length)
        {
            data[whole..].CopyTo(_carry);
            _carried = data.Length - whole;
        }

        decoded = _decoded.Written;
        return !endStream || _carried == 0;
    }

    public void Reset() => _carried = 0;

    private bool TryDecodeGroups(ReadOnlySpan<byte> groups)
    {
        if (groups.ContainsAny(Blanks))
        {
            return false; // the decoder would skip them
        }

        while (!groups.IsEmpty)
        {
            var padding = groups.IndexOf((byte)'=');
            var length = padding < 0 ? groups.Length : (padding / Group * Group) + Group;
            var room = _decoded.Skip(length / Group * 3);
            if (Base64.DecodeFromUtf8(groups[..length], room, out _, out var written) != OperationStatus.Done)
            {
                return false;
            }

            _decoded.Shorten(room.Length - written);
            groups = groups[length..];
        }

        return true;
    }
}
