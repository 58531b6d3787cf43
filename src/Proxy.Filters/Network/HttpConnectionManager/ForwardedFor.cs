using System.Buffers;
using System.Net;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Reads <c>x-forwarded-for</c>. Remembers the last address found, because the same proxy in front often speaks for the same client.</summary>
internal sealed class ForwardedFor
{
    private static readonly SearchValues<byte> Dotted = SearchValues.Create("0123456789."u8);

    private readonly byte[] _text = new byte[45];
    private int _length = -1;
    private IPEndPoint? _address;

    /// <summary>The address that stands <paramref name="fromEnd"/> places before the last one.</summary>
    /// <param name="value">The header.</param>
    /// <param name="fromEnd">0 for the last address.</param>
    /// <param name="isOnly">True when the list has this one entry.</param>
    /// <returns>Null when the list is too short or the entry is no address.</returns>
    public IPEndPoint? Find(ReadOnlySpan<byte> value, int fromEnd, out bool isOnly)
    {
        isOnly = value.IndexOf((byte)',') < 0;
        for (; fromEnd > 0; fromEnd--)
        {
            var comma = value.LastIndexOf((byte)',');
            if (comma < 0)
            {
                return null;
            }

            value = value[..comma];
        }

        return Parse(value[(value.LastIndexOf((byte)',') + 1)..].Trim(" \t"u8));
    }

    private IPEndPoint? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > _text.Length || text.IsEmpty)
        {
            return null;
        }

        if (_length < 0 || !text.SequenceEqual(_text.AsSpan(0, _length)))
        {
            text.CopyTo(_text);
            _length = text.Length;
            _address = IsAddress(text) && IPAddress.TryParse(text, out var address) ? new IPEndPoint(address, 0) : null;
        }

        return _address;
    }

    // The parser also takes 1.2, 0x7f.1 and scopes, which no proxy writes.
    private static bool IsAddress(ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)':'))
        {
            return !text.ContainsAny((byte)'[', (byte)'%', (byte)'/');
        }

        return text.Count((byte)'.') == 3 && !text.ContainsAnyExcept(Dotted);
    }
}
