using System.Reflection;

namespace Proxy.Host;

/// <summary>What this build calls itself.</summary>
internal static class ProxyVersion
{
    /// <summary>The version, such as <c>0.1.0</c>.</summary>
    public static string Number { get; } = typeof(ProxyVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>In Envoy's form: revision, version, status, build type, TLS library.</summary>
    public static string Text { get; } = $"{Revision()}/{Number}/Clean/{BuildType}/OpenSSL";

    private const string BuildType =
#if DEBUG
        "DEBUG";
#else
        "RELEASE";
#endif

    private static string Revision()
    {
        var full = typeof(ProxyVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = full.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "0000000000000000000000000000000000000000" : full[(plus + 1)..];
    }
}
