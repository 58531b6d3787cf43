namespace Proxy.Streams;

/// <summary>The redirects that one request has followed inside the proxy. Outlives the passes through the filters that they make.</summary>
internal sealed class RedirectHistory
{
    private HashSet<(string From, string To)>? _steps;

    /// <summary>How many were followed.</summary>
    public long Count { get; set; }

    /// <summary>Remembers a step from route to route; false when it is known already.</summary>
    public bool TryRemember(string from, string to) => (_steps ??= []).Add((from, to));
}
