namespace Proxy.Tls;

/// <summary>What ends first of all that TLS uses, as Envoy's gauges of the server tell it.</summary>
/// <param name="DaysOfCertificates">Whole days until the first certificate ends; 0 when one has, 4294967295 without any.</param>
/// <param name="SecondsOfStaples">Seconds until the first OCSP response ends; 0 when one has, and without any.</param>
internal readonly record struct FirstExpiry(long DaysOfCertificates, long SecondsOfStaples)
{
    /// <summary>Looks through <paramref name="contexts"/>.</summary>
    public static FirstExpiry Of(IEnumerable<TlsContext> contexts, DateTimeOffset now)
    {
        var (days, seconds) = ((long)uint.MaxValue, long.MaxValue);
        foreach (var context in contexts)
        {
            foreach (var certificate in context.Roots.Concat(context.Certificates))
            {
                days = Math.Min(days, Math.Max(0, (long)(certificate.Info.NotAfter - now).TotalDays));
                seconds = certificate.StapleEnd is { } end ? Math.Min(seconds, Math.Max(0, (long)(end - now).TotalSeconds)) : seconds;
            }
        }

        return new FirstExpiry(days, seconds == long.MaxValue ? 0 : seconds);
    }
}
