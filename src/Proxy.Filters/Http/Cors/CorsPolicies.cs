namespace Proxy.Filters.Http.Cors;

/// <summary>The policies of a request's route, narrowest level first: what one leaves out, the next one says. Costs no allocation.</summary>
internal readonly struct CorsPolicies(IReadOnlyList<object> levels)
{
    /// <summary>The narrowest one; null for none.</summary>
    public CorsPolicy? First => levels.Count > 0 ? (CorsPolicy)levels[0] : null;

    public ReadOnlySpan<byte> AllowMethods => Text(static policy => policy.AllowMethods);

    public ReadOnlySpan<byte> AllowHeaders => Text(static policy => policy.AllowHeaders);

    public ReadOnlySpan<byte> ExposeHeaders => Text(static policy => policy.ExposeHeaders);

    public ReadOnlySpan<byte> MaxAge => Text(static policy => policy.MaxAge);

    public bool AllowsCredentials => Flag(static policy => policy.AllowCredentials, otherwise: false);

    public bool AllowsPrivateNetwork => Flag(static policy => policy.AllowPrivateNetwork, otherwise: false);

    public bool ForwardsNotMatchingPreflights => Flag(static policy => policy.ForwardNotMatchingPreflights, otherwise: true);

    public bool Allows(ReadOnlySpan<byte> origin)
    {
        for (var i = 0; i < levels.Count; i++)
        {
            var policy = (CorsPolicy)levels[i];
            if (policy.Origins.Length > 0)
            {
                return policy.Allows(origin);
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Text(Func<CorsPolicy, byte[]> of)
    {
        for (var i = 0; i < levels.Count; i++)
        {
            if (of((CorsPolicy)levels[i]) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return default;
    }

    private bool Flag(Func<CorsPolicy, bool?> of, bool otherwise)
    {
        for (var i = 0; i < levels.Count; i++)
        {
            if (of((CorsPolicy)levels[i]) is { } flag)
            {
                return flag;
            }
        }

        return otherwise;
    }
}
