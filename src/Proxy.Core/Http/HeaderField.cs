namespace Proxy.Http;

/// <summary>One header as seen while enumerating a <see cref="HeaderMap"/>; valid until the map changes.</summary>
public readonly ref struct HeaderField
{
    internal HeaderField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int index)
    {
        Id = id;
        Name = name;
        Value = value;
        Index = index;
    }

    /// <summary>Which known header it is, or <see cref="KnownHeader.None"/>.</summary>
    public KnownHeader Id { get; }

    /// <summary>Name, lower-case.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Value, without the blanks around it.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Place in the map, for <see cref="HeaderMap.RemoveAt"/>; stays the same until the map is cleared.</summary>
    public int Index { get; }
}
