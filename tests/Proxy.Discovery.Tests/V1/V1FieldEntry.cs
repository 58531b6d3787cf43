namespace Proxy.Discovery.Tests.V1;

/// <summary>A field of an object in the v1 schema.</summary>
/// <param name="Name">The field.</param>
/// <param name="Json">A value for it.</param>
/// <param name="Target">Where v3 has the value.</param>
/// <param name="Value">What v3 has there; empty for nothing.</param>
/// <param name="Outcome">What is said of it: <c>loads</c>; <c>later</c>, refused by name until its feature is here; or a message.</param>
public sealed record V1FieldEntry(string Name, string Json, string Target, string Value, string Outcome)
{
    public override string ToString() => Name;
}
