using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Routing.Matching;

namespace Proxy.Clusters.Outliers;

/// <summary>Tells which answers are errors of the host, where that is not for their status to say. Immutable.</summary>
internal sealed class ErrorMatcher
{
    private readonly Func<HeaderMap, bool> _matches;

    private ErrorMatcher(Func<HeaderMap, bool> matches)
    {
        _matches = matches;
    }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static ErrorMatcher Compile(ErrorMatcherConfig config, string path, FaultList faults) => new(Build(config, path, faults));

    /// <summary>The status that an answer counts as.</summary>
    public int StatusOf(HeaderMap headers) => _matches(headers) ? 500 : 200;

    private static Func<HeaderMap, bool> Build(ErrorMatcherConfig config, string path, FaultList faults)
    {
        switch (config)
        {
            case HeadersErrorMatcherConfig headers:
                var conditions = headers.Headers
                    .Select((header, i) => HeaderMatcher.Compile(header, $"{path}.http_response_headers_match.headers[{i}]", faults)).ToArray();
                return answer => Array.TrueForAll(conditions, condition => condition.Matches(answer));
            case NotErrorMatcherConfig not:
                var inner = Build(not.Inner, path + ".not_match", faults);
                return answer => !inner(answer);
            case SetErrorMatcherConfig set:
                var rules = set.Rules.Select((rule, i) => Build(rule, $"{path}.{(set.All ? "and" : "or")}_match.rules[{i}]", faults)).ToArray();
                return set.All ? answer => Array.TrueForAll(rules, rule => rule(answer)) : answer => Array.Exists(rules, rule => rule(answer));
            default:
                return static _ => true;
        }
    }
}
