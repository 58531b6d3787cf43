namespace Proxy.Discovery.Bootstrap;

/// <summary>How a bootstrap is read.</summary>
internal sealed record BootstrapOptions
{
    /// <summary>Settings that would have no effect yet are warnings. Default: false, they refuse the bootstrap.</summary>
    public bool AllowUnsupported { get; init; }

    /// <summary>Fields that no message has are warnings (<c>--allow-unknown-static-fields</c>). Default: false.</summary>
    public bool AllowUnknownFields { get; init; }

    /// <summary>Id of this node when it comes from elsewhere and wins over the configuration's (<c>--service-node</c>).</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Cluster of this node when it comes from elsewhere and wins over the configuration's (<c>--service-cluster</c>).</summary>
    public string NodeCluster { get; init; } = "";

    /// <summary>Reads a file.</summary>
    public Func<string, byte[]> ReadFile { get; init; } = File.ReadAllBytes;

    /// <summary>Reads an environment variable; null when there is none.</summary>
#pragma warning disable RS0030 // the default of the one place where a reader meets its process
    public Func<string, string?> ReadVariable { get; init; } = Environment.GetEnvironmentVariable;
#pragma warning restore RS0030
}
