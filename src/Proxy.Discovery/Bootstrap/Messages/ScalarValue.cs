using Proxy.Discovery.Bootstrap.Schema;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>A scalar that was read from text and fits its field.</summary>
internal readonly record struct ScalarValue(FieldKind Kind)
{
    /// <summary>Of integers, enums and bools.</summary>
    public Int128 Integer { get; init; }

    /// <summary>Of doubles and floats.</summary>
    public double Number { get; init; }

    public string Text { get; init; } = "";

    public byte[] Bytes { get; init; } = [];

    /// <summary>Whether the wire format leaves it out.</summary>
    public bool IsDefault => Integer == 0 && Number == 0 && !double.IsNegative(Number) && Text.Length == 0 && Bytes.Length == 0;

    public void WriteTo(WireWriter wire, int number)
    {
        switch (Kind)
        {
            case FieldKind.Double:
                wire.DoubleField(number, Number);
                break;
            case FieldKind.Float:
                wire.FloatField(number, (float)Number);
                break;
            case FieldKind.String:
                wire.StringField(number, Text);
                break;
            case FieldKind.Bytes:
                wire.BytesField(number, Bytes);
                break;
            default:
                wire.VarintField(number, unchecked((ulong)Integer));
                break;
        }
    }
}
