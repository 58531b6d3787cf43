namespace Proxy.Discovery.V1.Schema;

/// <summary>An object of the v1 schema.</summary>
/// <param name="Fields">Its keys.</param>
/// <param name="IsOpen">Other keys may stand in it.</param>
internal sealed record V1Object(IReadOnlyList<V1Field> Fields, bool IsOpen);
