using System.Globalization;

namespace Proxy.Discovery.V1;

/// <summary>The address of a v1 discovery service as one text: <c>v1+rest://CLUSTER/registration?refresh_delay=15s</c>.</summary>
/// <param name="Api">What it is asked for.</param>
/// <param name="Cluster">The cluster through which it is reached.</param>
/// <param name="RefreshDelay">Least time between two requests; the longest is twice that.</param>
internal sealed record SourceAddress(SourceApi Api, string Cluster, TimeSpan RefreshDelay)
{
    private const string Scheme = "v1+rest://";
    private const string DelayKey = "?refresh_delay=";

    /// <summary>Whether a text claims to be such an address.</summary>
    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads an address; null when it is malformed.</summary>
    public static SourceAddress? TryParse(string text)
    {
        var query = text.IndexOf(DelayKey, StringComparison.Ordinal);
        var slash = query < 0 ? -1 : text.LastIndexOf('/', query);
        if (!IsOne(text) || slash < Scheme.Length || !text.EndsWith('s'))
        {
            return null;
        }

        var cluster = Uri.UnescapeDataString(text[Scheme.Length..slash]);
        var isApi = Enum.TryParse<SourceApi>(text[(slash + 1)..query], ignoreCase: true, out var api);
        var isDelay = double.TryParse(text[(query + DelayKey.Length)..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isApi && isDelay && cluster.Length > 0 && seconds is > 0 and < int.MaxValue ? new SourceAddress(api, cluster, TimeSpan.FromSeconds(seconds)) : null;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scheme}{Uri.EscapeDataString(Cluster)}/{Api.ToString().ToLowerInvariant()}{DelayKey}{RefreshDelay.TotalSeconds:0.###}s");
}
