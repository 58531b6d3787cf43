using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing.Matching;

/// <summary>A compiled condition on a cookie (Envoy <c>CookieMatcher</c>): the first cookie of the name decides. Immutable.</summary>
internal sealed class CookieMatcher
{
    private const int MaxNameLength = 1024;

    private readonly byte[] _name;
    private readonly TextMatcher? _text;
    private readonly bool _invert;

    private CookieMatcher(CookieMatcherConfig config, TextMatcher? text)
    {
        _name = Encoding.UTF8.GetBytes(config.Name);
        _text = text;
        _invert = config.Invert;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static CookieMatcher Compile(CookieMatcherConfig config, string path, FaultList faults)
    {
        if (Encoding.UTF8.GetByteCount(config.Name) is 0 or > MaxNameLength)
        {
            faults.Add($"{path}.name", $"must have 1 to {MaxNameLength} bytes");
        }

        return new CookieMatcher(config, TextMatcher.Compile(config.Text, $"{path}.string_match", faults));
    }

    /// <summary>True when <paramref name="headers"/> fulfil the condition; a missing cookie fulfils an inverted one.</summary>
    public bool Matches(HeaderMap headers) => (Cookies.TryFind(headers, _name, out var value) && _text!.Matches(value)) != _invert;
}
