using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Routing;

/// <summary>Changes of one head, compiled; each sees what the ones before it left. Immutable.</summary>
internal sealed class HeaderMutations
{
    private readonly Step[] _steps;

    private HeaderMutations(Step[] steps)
    {
        _steps = steps;
    }

    /// <summary>Changes nothing.</summary>
    public static HeaderMutations None { get; } = new([]);

    public bool IsEmpty => _steps.Length == 0;

    /// <param name="configs">The changes, in order.</param>
    /// <param name="request">For requests; decides which headers are joined.</param>
    /// <param name="environment">For the values.</param>
    /// <param name="path">Where <paramref name="configs"/> stand.</param>
    /// <param name="faults">Gets every fault.</param>
    public static HeaderMutations Compile(
        IReadOnlyCollection<HeaderMutationConfig> configs, bool request, FormatEnvironment environment, string path, FaultList faults)
    {
        return configs.Count == 0 ? None : new HeaderMutations([.. configs.Select((config, i) => Compile(config, request, environment, $"{path}[{i}]", faults))]);
    }

    /// <summary>Changes <paramref name="headers"/>; values are made from <paramref name="entry"/>.</summary>
    public void Apply(HeaderMap headers, in AccessLogEntry entry)
    {
        foreach (ref readonly var step in _steps.AsSpan())
        {
            step.Append?.Apply(headers, entry, HeaderEditScratch.Of(entry.Worker));
            step.Remove?.Remove(headers);
            if (step.Match is { } match)
            {
                RemoveMatching(headers, match);
            }
        }
    }

    private static void RemoveMatching(HeaderMap headers, TextMatcher match)
    {
        foreach (var field in headers)
        {
            if (match.Matches(field.Name))
            {
                headers.RemoveAt(field.Index);
            }
        }
    }

    private static Step Compile(HeaderMutationConfig config, bool request, FormatEnvironment environment, string path, FaultList faults)
    {
        switch (config)
        {
            case AppendHeaderMutation append:
                return new Step(HeaderEdits.Compile(append.Addition, request, environment, $"{path}.append", faults), null, null);
            case RemoveMatchingHeadersMutation match:
                return new Step(null, null, TextMatcher.Compile(match.Name, $"{path}.remove_on_match.key_matcher", faults));
            default:
                var name = ((RemoveHeaderMutation)config).Name;
                if (name.Length == 0 || name.AsSpan().ContainsAny('\r', '\n', '\0'))
                {
                    faults.Add($"{path}.remove", "must be a header name");
                }

                return new Step(null, HeaderName.Of(name), null);
        }
    }

    private readonly record struct Step(HeaderEdits? Append, HeaderName? Remove, TextMatcher? Match);
}
