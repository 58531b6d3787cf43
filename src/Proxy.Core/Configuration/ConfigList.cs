using System.Collections;
using System.Runtime.CompilerServices;

namespace Proxy.Configuration;

/// <summary>An immutable list that is equal to another with equal items, so that configuration records compare by value.</summary>
[CollectionBuilder(typeof(ConfigList), nameof(ConfigList.Create))]
public sealed class ConfigList<T> : IReadOnlyList<T>, IEquatable<ConfigList<T>>
{
    private readonly T[] _items;

    internal ConfigList(T[] items)
    {
        _items = items;
    }

    /// <summary>The empty list.</summary>
    internal static ConfigList<T> Empty { get; } = new([]);

    /// <inheritdoc />
    public int Count => _items.Length;

    /// <inheritdoc />
    public T this[int index] => _items[index];

    /// <summary>Equal items in the same order.</summary>
    public static bool operator ==(ConfigList<T>? left, ConfigList<T>? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Not <see cref="op_Equality"/>.</summary>
    public static bool operator !=(ConfigList<T>? left, ConfigList<T>? right) => !(left == right);

    /// <summary>The items as a span.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <inheritdoc />
    public bool Equals(ConfigList<T>? other) => other is not null && (ReferenceEquals(this, other) || _items.AsSpan().SequenceEqual(other._items, EqualityComparer<T>.Default));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ConfigList<T>);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}

/// <summary>Makes <see cref="ConfigList{T}"/>s; collection expressions use it.</summary>
public static class ConfigList
{
    /// <summary>A list of <paramref name="items"/>.</summary>
    public static ConfigList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? ConfigList<T>.Empty : new ConfigList<T>(items.ToArray());

    /// <summary>A list of <paramref name="items"/>.</summary>
    public static ConfigList<T> ToConfigList<T>(this IEnumerable<T> items) =>
        items.TryGetNonEnumeratedCount(out var count) && count == 0 ? ConfigList<T>.Empty : new ConfigList<T>([.. items]);
}
