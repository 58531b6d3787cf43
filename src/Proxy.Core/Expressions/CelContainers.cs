using Proxy.Configuration;

namespace Proxy.Expressions;

/// <summary>A map that is read out of the request.</summary>
internal abstract class CelMap
{
    /// <summary>The value under a text; an error when there is none.</summary>
    public abstract CelValue Find(in CelContext context, CelValue key);

    /// <summary>How many entries it has; what cannot be enumerated has none.</summary>
    public virtual int Count(in CelContext context) => 0;
}

/// <summary>Lists and maps: those written out, those of the request, and those of metadata.</summary>
internal static class CelContainers
{
    /// <summary><c>container[key]</c>.</summary>
    public static CelValue Index(in CelContext context, CelValue container, CelValue key) => container.Kind switch
    {
        CelKind.Map => Find(context, container, key),
        CelKind.List => Item(context, container, key),
        _ => CelValue.NoSuchOverload,
    };

    /// <summary>The value in a map; an error when there is none.</summary>
    public static CelValue Find(in CelContext context, CelValue map, CelValue key)
    {
        if (map.Reference is MapNode written)
        {
            return written.Find(context, key);
        }

        if (key.Kind != CelKind.String)
        {
            return CelValue.NoSuchKey;
        }

        return map.Reference switch
        {
            CelMap attributes => attributes.Find(context, key),
            IReadOnlyDictionary<string, Dictionary<string, object>> spaces => spaces.TryGetValue(key.String, out var keys) ? CelValue.OfMap(keys) : CelValue.NoSuchKey,
            IReadOnlyDictionary<string, object> keys => keys.TryGetValue(key.String, out var value) ? Of(context, value) : CelValue.NoSuchKey,
            LocalityConfig locality => Field(context, locality, key),
            _ => CelValue.NoSuchKey,
        };
    }

    /// <summary><c>item in container</c>.</summary>
    public static CelValue Contains(in CelContext context, CelValue item, CelValue container)
    {
        if (container.Kind == CelKind.Map)
        {
            return CelValue.Of(!Find(context, container, item).IsError);
        }

        if (container.Kind != CelKind.List)
        {
            return CelValue.NoSuchOverload;
        }

        for (var i = 0; i < Count(context, container); i++)
        {
            if (CelComparison.AreEqual(context, ItemAt(context, container, i), item))
            {
                return CelValue.Of(true);
            }
        }

        return CelValue.Of(false);
    }

    public static int Count(in CelContext context, CelValue container) => container.Reference switch
    {
        ListNode list => list.Count,
        MapNode map => map.Count,
        CelMap map => map.Count(context),
        IReadOnlyList<object> list => list.Count,
        IReadOnlyDictionary<string, Dictionary<string, object>> spaces => spaces.Count,
        IReadOnlyDictionary<string, object> keys => keys.Count,
        _ => 0,
    };

    public static CelValue ItemAt(in CelContext context, CelValue list, int index) => list.Reference switch
    {
        ListNode written => written.Item(context, index),
        IReadOnlyList<object> items => Of(context, items[index]),
        _ => CelValue.NoSuchKey,
    };

    /// <summary>A value of metadata or of the filter state.</summary>
    public static CelValue Of(in CelContext context, object? value) => value switch
    {
        null => CelValue.Null,
        string text => context.Text(text),
        bool flag => CelValue.Of(flag),
        double number => CelValue.Of(number),
        long number => CelValue.Of(number),
        int number => CelValue.Of((long)number),
        IReadOnlyList<object> => CelValue.OfList(value),
        IReadOnlyDictionary<string, object> => CelValue.OfMap(value),
        _ => context.Text(value.ToString()),
    };

    private static CelValue Item(in CelContext context, CelValue list, CelValue key)
    {
        var index = key.Kind switch
        {
            CelKind.Int => key.Int,
            CelKind.Uint => key.Uint <= int.MaxValue ? (long)key.Uint : -1,
            CelKind.Double => key.Double is >= 0 and <= int.MaxValue && Math.Floor(key.Double).Equals(key.Double) ? (long)key.Double : -1,
            _ => -1,
        };
        return index >= 0 && index < Count(context, list) ? ItemAt(context, list, (int)index) : CelValue.Error("index out of bounds"u8);
    }

    // A message: what is not set is empty.
    private static CelValue Field(in CelContext context, LocalityConfig locality, CelValue key) => key.Text switch
    {
        _ when key.Text.SequenceEqual("region"u8) => context.Text(locality.Region),
        _ when key.Text.SequenceEqual("zone"u8) => context.Text(locality.Zone),
        _ when key.Text.SequenceEqual("sub_zone"u8) => context.Text(locality.SubZone),
        _ => CelValue.NoSuchKey,
    };
}
