using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Routing.Matching;

namespace Proxy.Matching;

/// <summary>A compiled condition on a value that a filter left for others (Envoy <c>FilterStateMatcher</c>). Immutable.</summary>
internal sealed class FilterStateMatcher
{
    private readonly string _key;
    private readonly TextMatcher? _text;
    private readonly CidrRange[] _ranges;

    private FilterStateMatcher(FilterStateMatcherConfig config, TextMatcher? text)
    {
        _key = config.Key;
        _text = text;
        _ranges = [.. config.Ranges];
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static FilterStateMatcher Compile(FilterStateMatcherConfig config, string path, FaultList faults)
    {
        if (config.Key.Length == 0)
        {
            faults.Add($"{path}.key", "must not be empty");
        }

        return new FilterStateMatcher(config, config.Text is null ? null : TextMatcher.Compile(config.Text, $"{path}.string_match", faults));
    }

    /// <summary>True when the value is there and compares as configured.</summary>
    public bool Matches(in MatchData data)
    {
        if (FilterStateInput.Find(data, _key) is not { } value)
        {
            return false;
        }

        return _text is not null
            ? value.ToString() is { } text && _text.Matches(text)
            : AddressOf(value) is { } address && CidrRanges.Contain(_ranges, address);
    }

    private static IPAddress? AddressOf(object value) => value switch
    {
        IPAddress address => address,
        IPEndPoint endPoint => endPoint.Address,
        _ => IPAddress.TryParse(value.ToString(), out var address) ? address : null,
    };
}
