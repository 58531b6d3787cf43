using System.Text;

namespace Proxy.Expressions;

/// <summary>What a value is.</summary>
internal enum CelKind : byte
{
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    List,
    Map,
    Type,
}

/// <summary>A value while an expression is evaluated: texts lie where they are, such as in a header map, and are good for that evaluation.</summary>
internal readonly ref struct CelValue
{
    private readonly long _bits;

    private CelValue(CelKind kind, long bits, ReadOnlySpan<byte> text = default, object? reference = null)
    {
        Kind = kind;
        _bits = bits;
        Text = text;
        Reference = reference;
    }

    public CelKind Kind { get; }

    /// <summary>Bytes of a text, or bytes; why it is an error.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The list or map; of a text that is configured, the same as a string.</summary>
    public object? Reference { get; }

    public bool IsError => Kind == CelKind.Error;

    public bool IsTrue => Kind == CelKind.Bool && _bits != 0;

    public bool IsFalse => Kind == CelKind.Bool && _bits == 0;

    public bool IsNumber => Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>A whole number; of times and durations in steps of 100 ns.</summary>
    public long Int => _bits;

    public ulong Uint => (ulong)_bits;

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>A text as a string.</summary>
    public string String => Reference as string ?? Encoding.UTF8.GetString(Text);

    public static CelValue Null => new(CelKind.Null, 0);

    public static CelValue NoSuchKey => Error("no such key"u8);

    public static CelValue NoSuchOverload => Error("no such overload"u8);

    public static CelValue Overflow => Error("out of range"u8);

    public static CelValue Error(ReadOnlySpan<byte> reason) => new(CelKind.Error, 0, reason);

    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, (long)value);

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue OfText(ReadOnlySpan<byte> text, string? same = null) => new(CelKind.String, 0, text, same);

    public static CelValue OfBytes(ReadOnlySpan<byte> bytes) => new(CelKind.Bytes, 0, bytes);

    public static CelValue OfDuration(long ticks) => new(CelKind.Duration, ticks);

    public static CelValue OfTimestamp(long ticks) => new(CelKind.Timestamp, ticks);

    public static CelValue OfList(object list) => new(CelKind.List, 0, default, list);

    public static CelValue OfMap(object map) => new(CelKind.Map, 0, default, map);

    public static CelValue OfType(ReadOnlySpan<byte> name) => new(CelKind.Type, 0, name);
}
