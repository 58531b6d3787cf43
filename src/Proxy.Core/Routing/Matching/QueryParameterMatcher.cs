using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Routing.Matching;

/// <summary>A compiled condition on a query parameter; names and values compare as they stand in the URL. Immutable.</summary>
internal sealed class QueryParameterMatcher
{
    private readonly byte[] _name;
    private readonly TextMatcher? _text;
    private readonly bool _present;

    private QueryParameterMatcher(QueryParameterMatcherConfig config, TextMatcher? text)
    {
        _name = Encoding.UTF8.GetBytes(config.Name);
        _text = text;
        _present = config.Present ?? true;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static QueryParameterMatcher Compile(QueryParameterMatcherConfig config, string path, FaultList faults)
    {
        if (config.Name.Length == 0)
        {
            faults.Add($"{path}.name", "must not be empty");
        }

        return new QueryParameterMatcher(config, config.Text is null ? null : TextMatcher.Compile(config.Text, $"{path}.string_match", faults));
    }

    /// <summary>True when the query (without its question mark) fulfils the condition.</summary>
    public bool Matches(ReadOnlySpan<byte> query)
    {
        var found = QueryString.TryFind(query, _name, out var value);
        return _text is null ? found == _present : found && _text.Matches(value);
    }
}
