namespace Proxy.Expressions;

/// <summary>Arithmetic: of numbers of one kind, and of times. What does not fit is an error.</summary>
internal static class CelArithmetic
{
    public static CelValue Add(in CelContext context, CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Fitting((Int128)left.Int + right.Int),
        (CelKind.Uint, CelKind.Uint) => FittingUnsigned((Int128)left.Uint + right.Uint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(left.Double + right.Double),
        (CelKind.Timestamp, CelKind.Duration) or (CelKind.Duration, CelKind.Timestamp) => Time((Int128)left.Int + right.Int),
        (CelKind.Duration, CelKind.Duration) => Span((Int128)left.Int + right.Int),
        _ => CelValue.NoSuchOverload,
    };

    /// <summary>The same, and texts are joined.</summary>
    public static CelValue AddOrJoin(in CelContext context, CelValue left, CelValue right)
    {
        if (left.Kind != right.Kind || left.Kind is not (CelKind.String or CelKind.Bytes))
        {
            return Add(context, left, right);
        }

        var start = context.Room.Length;
        context.Room.Write(left.Text);
        context.Room.Write(right.Text);
        var joined = context.Written(start);
        return left.Kind == CelKind.String || joined.IsError ? joined : CelValue.OfBytes(joined.Text);
    }

    public static CelValue Subtract(in CelContext context, CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Fitting((Int128)left.Int - right.Int),
        (CelKind.Uint, CelKind.Uint) => FittingUnsigned((Int128)left.Uint - right.Uint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(left.Double - right.Double),
        (CelKind.Timestamp, CelKind.Duration) => Time((Int128)left.Int - right.Int),
        (CelKind.Timestamp, CelKind.Timestamp) or (CelKind.Duration, CelKind.Duration) => Span((Int128)left.Int - right.Int),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue Multiply(in CelContext context, CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Fitting((Int128)left.Int * right.Int),
        (CelKind.Uint, CelKind.Uint) => (UInt128)left.Uint * right.Uint is var product && product <= ulong.MaxValue ? CelValue.Of((ulong)product) : CelValue.Overflow,
        (CelKind.Double, CelKind.Double) => CelValue.Of(left.Double * right.Double),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue Divide(in CelContext context, CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => right.Int == 0 ? DivideByZero : Fitting((Int128)left.Int / right.Int),
        (CelKind.Uint, CelKind.Uint) => right.Uint == 0 ? DivideByZero : CelValue.Of(left.Uint / right.Uint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(left.Double / right.Double),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue Modulo(in CelContext context, CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => right.Int == 0 ? DivideByZero : Fitting((Int128)left.Int % right.Int),
        (CelKind.Uint, CelKind.Uint) => right.Uint == 0 ? DivideByZero : CelValue.Of(left.Uint % right.Uint),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue Negate(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Int => Fitting(-(Int128)value.Int),
        CelKind.Double => CelValue.Of(-value.Double),
        CelKind.Duration => Span(-(Int128)value.Int),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue Not(in CelContext context, CelValue value) => value.Kind == CelKind.Bool ? CelValue.Of(value.IsFalse) : CelValue.NoSuchOverload;

    private static CelValue DivideByZero => CelValue.Error("divide by zero"u8);

    private static CelValue Fitting(Int128 value) => value >= long.MinValue && value <= long.MaxValue ? CelValue.Of((long)value) : CelValue.Overflow;

    private static CelValue FittingUnsigned(Int128 value) => value >= 0 && value <= ulong.MaxValue ? CelValue.Of((ulong)value) : CelValue.Overflow;

    private static CelValue Span(Int128 ticks) => ticks >= long.MinValue && ticks <= long.MaxValue ? CelValue.OfDuration((long)ticks) : CelValue.Overflow;

    private static CelValue Time(Int128 ticks) =>
        ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks ? CelValue.OfTimestamp((long)ticks) : CelValue.Overflow;
}
