using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Streams;

namespace Proxy.Matching;

/// <summary>A compiled condition on metadata (Envoy <c>MetadataMatcher</c>). Immutable.</summary>
internal sealed class MetadataMatcher
{
    private readonly string _filter;
    private readonly string[] _path;
    private readonly ValueMatcher _value;
    private readonly bool _invert;

    private MetadataMatcher(MetadataMatcherConfig config, ValueMatcher value)
    {
        _filter = config.Filter;
        _path = [.. config.Path];
        _value = value;
        _invert = config.Invert;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static MetadataMatcher Compile(MetadataMatcherConfig config, string path, FaultList faults)
    {
        if (config.Filter.Length == 0)
        {
            faults.Add($"{path}.filter", "must not be empty");
        }

        if (config.Path.Count == 0)
        {
            faults.Add($"{path}.path", "must name at least one key");
        }

        return new MetadataMatcher(config, ValueMatcher.Compile(config.Value, $"{path}.value", faults));
    }

    /// <summary>Asks the dynamic metadata of a request; null stands for none.</summary>
    public bool MatchesDynamic(StreamInfo? info) => MatchesKeys(KeysOf(info));

    /// <summary>Compares the value in the dynamic metadata of a request, never turning the answer round; null when there is no such value.</summary>
    public bool? CompareDynamic(StreamInfo info) => TryFind(KeysOf(info), out var value) ? _value.Matches(value, exists: true) : null;

    /// <summary>Asks configured metadata; null stands for none.</summary>
    public bool Matches(IReadOnlyDictionary<string, Dictionary<string, object>>? metadata)
    {
        return MatchesKeys(metadata is not null && metadata.TryGetValue(_filter, out var keys) ? keys : null);
    }

    private Dictionary<string, object>? KeysOf(StreamInfo? info)
    {
        return info is { HasFilterData: true } && info.DynamicMetadata.TryGetValue(_filter, out var keys) ? keys : null;
    }

    private bool MatchesKeys(Dictionary<string, object>? keys)
    {
        var exists = TryFind(keys, out var value);
        return _value.Matches(value, exists) != _invert;
    }

    private bool TryFind(Dictionary<string, object>? keys, out object? value)
    {
        value = keys;
        var exists = keys is not null;
        for (var i = 0; i < _path.Length && exists; i++)
        {
            exists = value is Dictionary<string, object> map && map.TryGetValue(_path[i], out value);
        }

        value = exists ? value : null;
        return exists;
    }
}
