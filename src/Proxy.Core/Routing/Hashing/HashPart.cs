namespace Proxy.Routing.Hashing;

/// <summary>One compiled hash policy. Immutable; computes without allocation.</summary>
internal abstract class HashPart
{
    /// <summary>Those behind it are left out when it or one before gave a hash.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The hash; null when the request has nothing to hash.</summary>
    public abstract ulong? Compute(in HashInput input);
}
