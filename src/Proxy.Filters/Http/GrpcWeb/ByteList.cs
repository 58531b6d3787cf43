namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>Bytes that are put together; keeps its memory.</summary>
internal sealed class ByteList
{
    private byte[] _bytes = [];
    private int _count;

    public Span<byte> Written => _bytes.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Skip(bytes.Length));

    /// <summary>Makes room for bytes that are written by the caller.</summary>
    public Span<byte> Skip(int count)
    {
        if (_bytes.Length - _count < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + count));
        }

        var room = _bytes.AsSpan(_count, count);
        _count += count;
        return room;
    }

    /// <summary>Gives back room at the end.</summary>
    public void Shorten(int count) => _count -= count;
}
