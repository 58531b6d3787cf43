namespace Proxy.Expressions;

/// <summary>Equality and order. Numbers of different kinds compare by their value; other values of different kinds are not equal and have no order.</summary>
internal static class CelComparison
{
    public static bool AreEqual(in CelContext context, CelValue left, CelValue right)
    {
        if (left.IsNumber && right.IsNumber)
        {
            return Compare(left, right) == 0;
        }

        if (left.Kind != right.Kind)
        {
            return false;
        }

        return left.Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool or CelKind.Duration or CelKind.Timestamp => left.Int == right.Int,
            CelKind.String or CelKind.Bytes or CelKind.Type => left.Text.SequenceEqual(right.Text),
            CelKind.List => AreListsEqual(context, left, right),
            CelKind.Map => ReferenceEquals(left.Reference, right.Reference),
            _ => false,
        };
    }

    /// <summary><c>left &lt; right</c> and its kin; <paramref name="holds"/> is asked for the sign of the comparison.</summary>
    public static CelValue Order(CelValue left, CelValue right, Func<int, bool> holds)
    {
        if (left.IsNumber && right.IsNumber)
        {
            return CelValue.Of(Compare(left, right) is { } order && holds(order));
        }

        if (left.Kind != right.Kind)
        {
            return CelValue.NoSuchOverload;
        }

        return left.Kind switch
        {
            CelKind.Bool or CelKind.Duration or CelKind.Timestamp => CelValue.Of(holds(left.Int.CompareTo(right.Int))),
            CelKind.String or CelKind.Bytes => CelValue.Of(holds(left.Text.SequenceCompareTo(right.Text))),
            _ => CelValue.NoSuchOverload,
        };
    }

    // Null when one of them is not a number at all.
    private static int? Compare(CelValue left, CelValue right)
    {
        if (left.Kind == right.Kind && left.Kind != CelKind.Double)
        {
            return left.Kind == CelKind.Int ? left.Int.CompareTo(right.Int) : left.Uint.CompareTo(right.Uint);
        }

        if (left.Kind != CelKind.Double && right.Kind != CelKind.Double)
        {
            return ((Int128)Whole(left)).CompareTo(Whole(right));
        }

        var (a, b) = (AsDouble(left), AsDouble(right));
        return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
    }

    private static Int128 Whole(CelValue value) => value.Kind == CelKind.Int ? value.Int : value.Uint;

    private static double AsDouble(CelValue value) => value.Kind switch
    {
        CelKind.Int => value.Int,
        CelKind.Uint => value.Uint,
        _ => value.Double,
    };

    private static bool AreListsEqual(in CelContext context, CelValue left, CelValue right)
    {
        var count = CelContainers.Count(context, left);
        if (count != CelContainers.Count(context, right))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!AreEqual(context, CelContainers.ItemAt(context, left, i), CelContainers.ItemAt(context, right, i)))
            {
                return false;
            }
        }

        return true;
    }
}
