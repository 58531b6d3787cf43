using Proxy.Configuration.Listeners;

namespace Proxy.Discovery.V3.Listeners;

/// <summary>Finds filter chains of one listener that would match the same connection with equal right.</summary>
internal sealed class FilterChainIndex
{
    // Ranges, names and ports multiply; beyond this the check is not worth its time.
    private const long MaxCombinations = 100_000;

    private readonly Dictionary<string, int> _chains = new(StringComparer.Ordinal);

    /// <summary>Adds a chain; answers the chain that has one of its combinations already (it may be the same), or -1.</summary>
    public int Add(FilterChainMatchConfig match, int chain)
    {
        string[][] criteria =
        [
            [match.DestinationPort?.ToString() ?? ""],
            Values(match.DestinationPrefixes),
            Values(match.ServerNames),
            [match.TransportProtocol],
            Values(match.ApplicationProtocols),
            Values(match.DirectSourcePrefixes),
            [match.SourceType.ToString()],
            Values(match.SourcePrefixes),
            Values(match.SourcePorts),
        ];
        if (criteria.Aggregate(1L, (n, values) => Math.Min(n * values.Length, MaxCombinations + 1)) > MaxCombinations)
        {
            return -1;
        }

        foreach (var key in Combine(criteria, 0, ""))
        {
            if (!_chains.TryAdd(key, chain))
            {
                return _chains[key];
            }
        }

        return -1;
    }

    private static string[] Values<T>(IReadOnlyCollection<T> values) => values.Count == 0 ? [""] : [.. values.Select(v => v!.ToString()!)];

    private static IEnumerable<string> Combine(string[][] criteria, int next, string key) => next == criteria.Length
        ? [key]
        : criteria[next].SelectMany(v => Combine(criteria, next + 1, $"{key}{v}\n"));
}
