using System.Globalization;
using Proxy.Configuration;

namespace Proxy.Hosting;

/// <summary>Runtime values at one moment (Envoy runtime); immutable.</summary>
public sealed class RuntimeSnapshot
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Takes <paramref name="values"/>; later ones of a key win.</summary>
    public RuntimeSnapshot(IEnumerable<RuntimeValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (key, value) in values)
        {
            _values[key] = value;
        }
    }

    /// <summary>No values: every default holds.</summary>
    public static RuntimeSnapshot Empty { get; } = new([]);

    /// <summary>All keys and values.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The value as a whole number, or <paramref name="fallback"/> when it is missing or no number.</summary>
    public long GetInteger(string key, long fallback)
    {
        return _values.TryGetValue(key, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? (long)value
            : fallback;
    }

    /// <summary>The value as a boolean, or <paramref name="fallback"/>.</summary>
    public bool GetBoolean(string key, bool fallback)
    {
        return _values.TryGetValue(key, out var text) ? text is "true" or "1" || (text is not ("false" or "0") && fallback) : fallback;
    }
}
