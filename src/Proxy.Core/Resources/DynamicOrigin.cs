namespace Proxy.Resources;

/// <summary>Where something that came while the proxy ran comes from.</summary>
/// <param name="Version">Version it came with.</param>
/// <param name="UpdatedAt">When it came.</param>
/// <param name="Message">As it came, for dumps.</param>
internal sealed record DynamicOrigin(string Version, DateTimeOffset UpdatedAt, object? Message);

/// <summary>The latest answer that was refused.</summary>
/// <param name="Message">What was refused; null when it could not be told.</param>
/// <param name="Version">Its version.</param>
/// <param name="At">When it came.</param>
/// <param name="Details">Why.</param>
internal sealed record RefusedUpdate(object? Message, string Version, DateTimeOffset At, string Details);
