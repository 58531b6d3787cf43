using Proxy.Configuration;

namespace Proxy.Resources;

/// <summary>One resource of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its own version where the source has one, else that of the answer.</param>
/// <param name="Config">The record; null when it cannot be built (<see cref="Faults"/>) or when it only says that the last one still holds.</param>
internal sealed record Resource(string Name, string Version, object? Config)
{
    /// <summary>Why it cannot be built.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; init; } = [];

    /// <summary>Other names that it was asked for by.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>As it came, for dumps.</summary>
    public object? Message { get; init; }
}

/// <summary>An answer of a source.</summary>
/// <param name="Version">Of all resources together.</param>
/// <param name="Resources">The resources.</param>
internal sealed record ResourceUpdate(string Version, IReadOnlyList<Resource> Resources)
{
    /// <summary>Names of resources that are gone, from sources that tell changes only.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>These are all: what is not here is gone.</summary>
    public bool IsComplete { get; init; }

    /// <summary>One that is refused refuses them all: what can be told before anything changes is told then, and otherwise the first fault ends the update
    /// without a removal. The first API is like that; in v3 each resource stands for itself.</summary>
    public bool IsWhole { get; init; }
}
