using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing.Scopes;

/// <summary>Makes the key of a request's scope from its headers. Immutable.</summary>
internal sealed class ScopeKeyBuilder
{
    private const byte End = 0; // no header value has one

    private readonly Part[] _parts;

    private ScopeKeyBuilder(Part[] parts)
    {
        _parts = parts;
    }

    /// <summary>Compiles the parts.</summary>
    /// <exception cref="ConfigException">They break rules.</exception>
    public static ScopeKeyBuilder Compile(ConfigList<ScopeKeyPartConfig> parts)
    {
        var faults = new FaultList();
        for (var i = 0; i < parts.Count; i++)
        {
            Check(parts[i], $"scope_key_builder.fragments[{i}].header_value_extractor", faults);
        }

        faults.ThrowIfAny();
        return new ScopeKeyBuilder([.. parts.Select(static part => new Part(part))]);
    }

    /// <summary>The key that a scope is found by.</summary>
    public static byte[] Encode(ConfigList<string> key) => [.. key.SelectMany(static text => Encoding.UTF8.GetBytes(text).Append(End))];

    /// <summary>Writes the key of a request.</summary>
    /// <returns>False when the request has none, or one that is longer than <paramref name="key"/>.</returns>
    public bool TryBuild(HeaderMap headers, Span<byte> key, out int length)
    {
        length = 0;
        foreach (var part in _parts)
        {
            if (!part.TryGet(headers, out var value) || value.Length >= key.Length - length)
            {
                return false;
            }

            value.CopyTo(key[length..]);
            length += value.Length;
            key[length++] = End;
        }

        return true;
    }

    private static void Check(ScopeKeyPartConfig part, string path, FaultList faults)
    {
        if (!HeaderName.IsValid(part.HeaderName))
        {
            faults.Add($"{path}.name", "must be a header name");
        }

        if (part is { ElementKey: null, ElementSeparator: "", Index: > 0 })
        {
            faults.Add($"{path}.index", "must be 0 without element_separator");
        }

        if (part is { ElementKey: not null, KeySeparator: "" })
        {
            faults.Add($"{path}.element.separator", "required");
        }
    }

    private sealed class Part(ScopeKeyPartConfig config)
    {
        private readonly HeaderName _name = HeaderName.Of(config.HeaderName);
        private readonly byte[] _between = Encoding.UTF8.GetBytes(config.ElementSeparator);
        private readonly byte[] _keyEnd = Encoding.UTF8.GetBytes(config.KeySeparator);
        private readonly byte[]? _key = config.ElementKey is { } key ? Encoding.UTF8.GetBytes(key) : null;
        private readonly int _index = config.Index;

        public bool TryGet(HeaderMap headers, out ReadOnlySpan<byte> value)
        {
            if (!_name.TryGet(headers, out var rest))
            {
                value = default;
                return false;
            }

            for (var i = 0; ; i++)
            {
                var end = _between.Length == 0 ? -1 : rest.IndexOf(_between);
                var element = end < 0 ? rest : rest[..end];
                if (_key is null ? i == _index : HasKey(element))
                {
                    value = _key is null ? element : ValueOf(element);
                    return true;
                }

                if (end < 0)
                {
                    value = default;
                    return false;
                }

                rest = rest[(end + _between.Length)..];
            }
        }

        private bool HasKey(ReadOnlySpan<byte> element)
        {
            var end = element.IndexOf(_keyEnd);
            return (end < 0 ? element : element[..end]).SequenceEqual(_key);
        }

        private ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> element)
        {
            var end = element.IndexOf(_keyEnd);
            return end < 0 ? default : element[(end + _keyEnd.Length)..];
        }
    }
}
