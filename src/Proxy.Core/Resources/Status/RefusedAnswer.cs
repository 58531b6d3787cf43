namespace Proxy.Resources.Status;

/// <summary>An answer that was refused before anybody saw its resources.</summary>
/// <param name="Version">Its version; empty when it could not be told.</param>
/// <param name="At">When it came.</param>
/// <param name="Details">Why.</param>
internal sealed record RefusedAnswer(string Version, DateTimeOffset At, string Details)
{
    /// <summary>The resources in it, as far as they could be told.</summary>
    public IReadOnlyList<Resource> Resources { get; init; } = [];

    /// <summary>What is to be said of a resource in it; null for one that could not be told.</summary>
    public RefusedUpdate Of(Resource? resource) => new(resource?.Message, resource?.Version ?? Version, At, Details);
}
