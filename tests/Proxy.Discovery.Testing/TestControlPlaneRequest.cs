namespace Proxy.Discovery.Testing;

/// <summary>What a client of a <see cref="TestControlPlane"/> has said.</summary>
/// <param name="Stream">Number of its stream, from 1; 0 for REST.</param>
/// <param name="Type">Full name of the message it is about.</param>
/// <param name="Names">Names that it wants from then on; none for all.</param>
/// <param name="Version">Version of what it has; always empty for incremental streams.</param>
/// <param name="Nonce">The answer that it is about; empty for none.</param>
/// <param name="Error">Why it refuses that answer; null when it does not.</param>
/// <param name="Node">Who it says it is; empty when it does not.</param>
public sealed record TestControlPlaneRequest(int Stream, string Type, IReadOnlyList<string> Names, string Version, string Nonce, string? Error, string Node);
