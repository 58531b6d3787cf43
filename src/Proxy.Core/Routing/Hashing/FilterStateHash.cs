using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Proxy.Routing.Hashing;

/// <summary>Hashes what a filter left in the filter state: texts and whatever else has a text.</summary>
internal sealed class FilterStateHash : HashPart
{
    private const int MaxBytes = 256; // on the stack; longer texts are copied

    private readonly string _key;

    public FilterStateHash(string key)
    {
        _key = key;
    }

    public override ulong? Compute(in HashInput input)
    {
        object? value = null;
        var found = (input.Info is { HasFilterData: true } info && info.FilterState.TryGetValue(_key, out value))
            || (input.Downstream is { } connection && connection.FilterState.TryGetValue(_key, out value));
        return found && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text ? Hash(text) : null;
    }

    private static ulong Hash(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var bytes = size <= MaxBytes ? stackalloc byte[MaxBytes] : new byte[size];
        return XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
