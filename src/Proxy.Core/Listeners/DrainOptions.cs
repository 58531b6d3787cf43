namespace Proxy.Listeners;

/// <summary>How listeners leave (Envoy <c>--drain-time-s</c>, <c>--drain-strategy</c>).</summary>
public sealed record DrainOptions
{
    /// <summary>Time that connections of a removed or replaced listener get to end on their own. Default 600 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Tells connections to go with growing probability during <see cref="Time"/> instead of all at once. Default true.</summary>
    public bool Gradual { get; init; } = true;
}
