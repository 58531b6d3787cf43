namespace Proxy.Discovery.Xds.Names;

/// <summary>The parameters of a resource's URI.</summary>
internal static class ContextParameters
{
    private const string Reserved = "%#[]&=";

    /// <summary>Reads what follows the question mark; the first of a key holds.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = PercentEncoding.Decode(equals < 0 ? part : part[..equals]);
            parameters.TryAdd(key, equals < 0 ? "" : PercentEncoding.Decode(part[(equals + 1)..]));
        }

        return parameters;
    }

    /// <summary>Writes them in order, after a question mark; empty when there are none.</summary>
    public static string Format(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count == 0)
        {
            return "";
        }

        var parts = parameters.Select(static pair => $"{PercentEncoding.Encode(pair.Key, Reserved)}={PercentEncoding.Encode(pair.Value, Reserved)}").ToArray();
        Array.Sort(parts, StringComparer.Ordinal);
        return "?" + string.Join('&', parts);
    }
}
