namespace Proxy.Discovery.Bootstrap.Faults;

/// <summary>Whether a fault refuses the configuration.</summary>
internal enum FaultSeverity
{
    /// <summary>The configuration is refused.</summary>
    Error,

    /// <summary>The configuration is taken; the reader should know.</summary>
    Warning,
}
