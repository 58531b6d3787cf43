using System.Buffers.Text;

namespace Proxy.Expressions;

/// <summary>What turns a value into one of another kind.</summary>
internal static class CelConversions
{
    public static CelValue ToInt(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Bool or CelKind.Uint when value.Int >= 0 => CelValue.Of(value.Int),
        CelKind.Double when value.Double is > -9223372036854775808.0 and < 9223372036854775808.0 => CelValue.Of((long)value.Double),
        CelKind.Uint or CelKind.Double => CelValue.Overflow,
        CelKind.String => Utf8Parser.TryParse(value.Text, out long number, out var used) && used == value.Text.Length ? CelValue.Of(number) : CelValue.Error("no number"u8),
        CelKind.Timestamp => CelValue.Of((long)Math.Floor((value.Int - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond)),
        CelKind.Duration => CelValue.Of(value.Int / TimeSpan.TicksPerSecond),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue ToUint(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Uint => value,
        CelKind.Int when value.Int >= 0 => CelValue.Of(value.Uint),
        CelKind.Double when value.Double is >= 0 and < 18446744073709551616.0 => CelValue.Of((ulong)value.Double),
        CelKind.Int or CelKind.Double => CelValue.Overflow,
        CelKind.String => Utf8Parser.TryParse(value.Text, out ulong number, out var used) && used == value.Text.Length ? CelValue.Of(number) : CelValue.Error("no number"u8),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue ToDouble(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Double => value,
        CelKind.Int => CelValue.Of((double)value.Int),
        CelKind.Uint => CelValue.Of((double)value.Uint),
        CelKind.String => Utf8Parser.TryParse(value.Text, out double number, out var used) && used == value.Text.Length ? CelValue.Of(number) : CelValue.Error("no number"u8),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue ToBytes(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Bytes => value,
        CelKind.String => CelValue.OfBytes(value.Text),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue ToText(in CelContext context, CelValue value)
    {
        if (value.Kind is CelKind.String or CelKind.Null or CelKind.List or CelKind.Map or CelKind.Type)
        {
            return value.Kind == CelKind.String ? value : CelValue.NoSuchOverload;
        }

        var start = context.Room.Length;
        if (value.Kind == CelKind.Duration)
        {
            context.Room.WriteFormattable((decimal)value.Int / TimeSpan.TicksPerSecond, "0.#######");
            context.Room.Write((byte)'s');
        }
        else if (value.Kind == CelKind.Double)
        {
            context.Room.WriteFormattable(value.Double);
        }
        else
        {
            CelText.Write(value, context.Room);
        }

        return context.Written(start);
    }

    public static CelValue ToType(in CelContext context, CelValue value) => CelValue.OfType(value.Kind switch
    {
        CelKind.Null => "null_type"u8,
        CelKind.Duration => "google.protobuf.Duration"u8,
        CelKind.Timestamp => "google.protobuf.Timestamp"u8,
        _ => CelText.NameOf(value.Kind),
    });

    public static CelValue Size(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.String => CelValue.Of((long)CountCharacters(value.Text)),
        CelKind.Bytes => CelValue.Of((long)value.Text.Length),
        CelKind.List or CelKind.Map => CelValue.Of((long)CelContainers.Count(context, value)),
        _ => CelValue.NoSuchOverload,
    };

    // Each character has one byte that continues no other.
    private static int CountCharacters(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var b in text)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }
}
