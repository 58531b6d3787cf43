using Proxy.Hosting;

namespace Proxy.Configuration;

/// <summary>A switch with a default that a runtime value overrides (Envoy <c>core.v3.RuntimeFeatureFlag</c>).</summary>
/// <param name="Default">What holds when the runtime says nothing.</param>
/// <param name="Key">Key of the runtime value; empty for none.</param>
public sealed record RuntimeFlagConfig(bool Default, string Key = "")
{
    /// <summary>Always on.</summary>
    public static RuntimeFlagConfig On { get; } = new(true);

    /// <summary>What holds with <paramref name="runtime"/>.</summary>
    public bool IsOn(RuntimeSnapshot runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return Key.Length == 0 ? Default : runtime.GetBoolean(Key, Default);
    }
}
