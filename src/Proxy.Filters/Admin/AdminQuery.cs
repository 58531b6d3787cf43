namespace Proxy.Filters.Admin;

/// <summary>Parameters of an admin request, decoded and in order; the first of a name counts.</summary>
public sealed class AdminQuery
{
    private readonly List<KeyValuePair<string, string>> _parameters;

    private AdminQuery(List<KeyValuePair<string, string>> parameters)
    {
        _parameters = parameters;
    }

    /// <summary>No parameters.</summary>
    public static AdminQuery Empty { get; } = new([]);

    /// <summary>All parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;

    /// <summary>Splits and decodes what stands behind the question mark.</summary>
    public static AdminQuery Parse(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            parameters.Add(new(Uri.UnescapeDataString(name), Uri.UnescapeDataString(value)));
        }

        return new AdminQuery(parameters);
    }

    /// <summary>True when the parameter is there, with a value or without.</summary>
    public bool Has(string name) => _parameters.Exists(parameter => parameter.Key == name);

    /// <summary>The parameter's value; null when it is missing.</summary>
    public string? Get(string name)
    {
        foreach (var (key, value) in _parameters)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}
