namespace Proxy.Fuzz.Targets;

/// <summary>Everything that can be fuzzed: takes bytes and throws when something is wrong with how they were treated.</summary>
public static class FuzzTargets
{
    /// <summary>The targets by name; the corpus of each is in the folder of that name.</summary>
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["client_hello"] = ClientHelloTarget.Run,
        ["h2_request"] = Http2RequestTarget.Run,
        ["h2_response"] = Http2ResponseTarget.Run,
        ["proxy_protocol"] = ProxyProtocolTarget.Run,
        ["request"] = Http1RequestTarget.Run,
        ["response"] = Http1ResponseTarget.Run,
    };
}
