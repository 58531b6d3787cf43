using System.Globalization;

namespace Proxy.Discovery.V1;

/// <summary>The address of a v1 discovery service as one text: <c>v1+rest://CLUSTER/registration?refresh_delay=15s</c>.</summary>
/// <param name="Api">What it is asked for.</param>
/// <param name="Cluster">The cluster through which it is reached.</param>
/// <param name="RefreshDelay">Least time between two requests; the longest is twice that.</param>
/// <remarks>A service of clusters has <c>&amp;hosts=</c> and the address of the service of their hosts, escaped.</remarks>
internal sealed record SourceAddress(SourceApi Api, string Cluster, TimeSpan RefreshDelay)
{
    private const string Scheme = "v1+rest://";
    private const string DelayKey = "?refresh_delay=";
    private const string HostsKey = "&hosts=";
    private const double MaxSeconds = 315_576_000_000;

    /// <summary>Address of the service of the clusters' hosts; null for none.</summary>
    public string? Hosts { get; init; }

    /// <summary>Whether a text claims to be such an address.</summary>
    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads an address; null when it is malformed.</summary>
    public static SourceAddress? TryParse(string text)
    {
        var query = text.IndexOf(DelayKey, StringComparison.Ordinal);
        var slash = query < 0 ? -1 : text.LastIndexOf('/', query);
        if (!IsOne(text) || slash < Scheme.Length)
        {
            return null;
        }

        var hosts = text.IndexOf(HostsKey, query, StringComparison.Ordinal);
        var delay = text[(query + DelayKey.Length)..(hosts < 0 ? text.Length : hosts)];
        var cluster = Uri.UnescapeDataString(text[Scheme.Length..slash]);
        return ApiOf(text[(slash + 1)..query]) is { } api && cluster.Length > 0 && SecondsOf(delay) is { } seconds
            ? new SourceAddress(api, cluster, TimeSpan.FromSeconds(seconds)) { Hosts = hosts < 0 ? null : Uri.UnescapeDataString(text[(hosts + HostsKey.Length)..]) }
            : null;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scheme}{Uri.EscapeDataString(Cluster)}/{NameOf(Api)}{DelayKey}{RefreshDelay.TotalSeconds:0.###}s{(Hosts is null ? "" : HostsKey + Uri.EscapeDataString(Hosts))}");

    private static string NameOf(SourceApi api) => api.ToString().ToLowerInvariant();

    private static SourceApi? ApiOf(string name)
    {
        foreach (var api in Enum.GetValues<SourceApi>())
        {
            if (NameOf(api) == name)
            {
                return api;
            }
        }

        return null;
    }

    private static double? SecondsOf(string text) =>
        text.EndsWith('s') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MaxSeconds
            ? seconds
            : null;
}
