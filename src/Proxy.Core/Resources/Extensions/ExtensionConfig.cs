namespace Proxy.Resources.Extensions;

/// <summary>The configuration of a filter as it came.</summary>
/// <param name="TypeName">Full name of the message that it was.</param>
/// <param name="Config">The filter's configuration record.</param>
internal sealed record ExtensionConfig(string TypeName, object Config);
