namespace Proxy.Discovery.Bootstrap.Faults;

/// <summary>A place in a configuration text.</summary>
/// <param name="File">The file as it was named, or <c>--config-yaml</c>.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
/// <param name="Column">From 1; in a source without lines the number of the value.</param>
internal readonly record struct FaultPosition(string File, int Line, int Column);
