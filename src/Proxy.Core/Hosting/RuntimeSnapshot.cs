using System.Globalization;
using Proxy.Configuration;

namespace Proxy.Hosting;

/// <summary>Runtime values that hold now, for whoever looks at them while it works. From any thread; main changes them, all at once.</summary>
public sealed class RuntimeSnapshot
{
    private volatile Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes <paramref name="values"/>; later ones of a key win.</summary>
    public RuntimeSnapshot(IEnumerable<RuntimeValue> values)
    {
        Replace(values);
    }

    /// <summary>No values: every default holds.</summary>
    public static RuntimeSnapshot Empty { get; } = new([]);

    /// <summary>All keys and values.</summary>
    public IReadOnlyDictionary<string, string> Values => _entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Text, StringComparer.Ordinal);

    /// <summary>The value as a whole number, or <paramref name="fallback"/> when it is missing, negative or no number.</summary>
    public long GetInteger(string key, long fallback)
    {
        return _entries.TryGetValue(key, out var entry) && entry.Number is >= 0 and < long.MaxValue and var number ? (long)number : fallback;
    }

    /// <summary>The value as a boolean, or <paramref name="fallback"/>.</summary>
    public bool GetBoolean(string key, bool fallback)
    {
        return _entries.TryGetValue(key, out var entry) ? entry.Text is "true" or "1" || (entry.Text is not ("false" or "0") && fallback) : fallback;
    }

    /// <summary>The value as a number; null when it is missing or none.</summary>
    internal double? GetNumber(string key)
    {
        return _entries.TryGetValue(key, out var entry) ? entry.Number : null;
    }

    /// <summary>The value as a share: a fraction, or a number that stands for percent; null when it is missing or neither.</summary>
    internal (ulong Numerator, ulong Denominator)? GetShare(string key)
    {
        return _entries.TryGetValue(key, out var entry) ? entry.Share : null;
    }

    /// <summary>Takes other values in place of all there are. On main.</summary>
    internal void Replace(IEnumerable<RuntimeValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            entries[key] = Entry.Parse(value);
        }

        _entries = entries;
    }

    // Read once: those who ask do so for each request.
    private sealed record Entry(string Text, double? Number, (ulong Numerator, ulong Denominator)? Share)
    {
        public static Entry Parse(string text)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                return new Entry(text, number, number >= 0 ? ((ulong)number, 100) : null);
            }

            var slash = text.IndexOf('/', StringComparison.Ordinal);
            return slash > 0
                && ulong.TryParse(text.AsSpan(0, slash), CultureInfo.InvariantCulture, out var numerator)
                && ulong.TryParse(text.AsSpan(slash + 1), CultureInfo.InvariantCulture, out var denominator)
                && denominator > 0
                    ? new Entry(text, null, (numerator, denominator))
                    : new Entry(text, null, null);
        }
    }
}
