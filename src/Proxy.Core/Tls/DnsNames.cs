namespace Proxy.Tls;

/// <summary>Compares host names with the DNS names of certificates (RFC 6125, 6.4).</summary>
internal static class DnsNames
{
    /// <summary>True when <paramref name="pattern"/>, in which one <c>*</c> stands for some or all of the first label, covers <paramref name="name"/>.</summary>
    public static bool Covers(string pattern, string name)
    {
        if (string.Equals(pattern, name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        if (star < 0 || dot < star || pattern.IndexOf('*', star + 1) >= 0 || pattern.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var label = name.IndexOf('.', StringComparison.Ordinal);
        return label >= dot // the star stands for one character at least
            && name.AsSpan(label).Equals(pattern.AsSpan(dot), StringComparison.OrdinalIgnoreCase)
            && name.AsSpan(0, label).StartsWith(pattern.AsSpan(0, star), StringComparison.OrdinalIgnoreCase)
            && name.AsSpan(0, label).EndsWith(pattern.AsSpan(star + 1, dot - star - 1), StringComparison.OrdinalIgnoreCase);
    }
}
