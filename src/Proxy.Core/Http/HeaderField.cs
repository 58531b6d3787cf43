namespace Proxy.Http;

/// <summary>One header as seen while enumerating a <see cref="HeaderMap"/>; valid until the map changes.</summary>
public readonly ref struct HeaderField
{
    private readonly HeaderMap _map;

    internal HeaderField(HeaderMap map, KnownHeader id, ReadOnlySpan<byte> value, int index)
    {
        _map = map;
        Id = id;
        Value = value;
        Index = index;
    }

    /// <summary>Which known header it is, or <see cref="KnownHeader.None"/>.</summary>
    public KnownHeader Id { get; }

    /// <summary>Name, lower-case.</summary>
    public ReadOnlySpan<byte> Name => _map.NameAt(Index);

    /// <summary>Value, without the blanks around it.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Place in the map, for <see cref="HeaderMap.RemoveAt"/>; stays the same until the map is cleared.</summary>
    public int Index { get; }
}
