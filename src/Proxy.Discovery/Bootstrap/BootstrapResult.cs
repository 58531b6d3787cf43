using Proxy.Configuration;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.V3;
using Proxy.Discovery.V3.Dump;
using Proxy.Discovery.Xds.ClientStatus;
using Proxy.Hosting;

namespace Proxy.Discovery.Bootstrap;

/// <summary>What became of a bootstrap: the configuration, or the faults that refuse it.</summary>
/// <param name="Config">What was asked for; null when there are errors.</param>
/// <param name="Message">The message as read, for dumps; null when there are errors.</param>
/// <param name="Faults">Errors and warnings in the order of the text.</param>
internal sealed record BootstrapResult(
    ProxyConfig? Config, Envoy.Config.Bootstrap.V3.Bootstrap? Message, IReadOnlyList<SourceFault> Faults)
{
    /// <summary>Where settings stand in the text; null when the text could not be read.</summary>
    public SourceMap? Source { get; init; }

    /// <summary>Says a fault in the terms of the text, where that is not of v3. Default: as it is.</summary>
    public Func<SourceFault, SourceFault> Restate { get; init; } = static fault => fault;

    /// <summary>Number of messages with fields that no message has and that were let through.</summary>
    public int UnknownFields => Faults.Where(static fault => fault is { Rule: SourceFault.UnknownField, Severity: FaultSeverity.Warning })
        .Select(static fault => fault.Path[..Math.Max(fault.Path.LastIndexOf('.'), 0)])
        .Distinct(StringComparer.Ordinal)
        .Count();

    /// <summary><see cref="Message"/> as bytes.</summary>
    public ReadOnlyMemory<byte> Wire { get; init; }

    /// <summary>What the admin interface shows of this bootstrap. It keeps the bytes only: they are a small part of what the message takes.</summary>
    /// <exception cref="InvalidOperationException">The bootstrap was refused.</exception>
    public IConfigDumpSource ToDump(DateTimeOffset loadedAt) =>
        Message is null ? throw new InvalidOperationException("A bootstrap that was refused has no dump.") : new PackedBootstrapDump(Wire, loadedAt);

    /// <summary>Answers how the resources of this bootstrap, and those that come, stand.</summary>
    /// <exception cref="InvalidOperationException">The bootstrap was refused.</exception>
    public IClientStatusSource ToClientStatus(DateTimeOffset loadedAt) =>
        Message is null ? throw new InvalidOperationException("A bootstrap that was refused has no status.") : new ClientStatusSource(Wire, loadedAt);

    /// <summary>Places a fault that was found when the configuration was compiled.</summary>
    /// <param name="path">Such as <c>listeners[0].filter_chains[0].filters[0].stat_prefix</c>, relative to the configuration.</param>
    /// <param name="message">What is wrong.</param>
    public SourceFault Place(string path, string message)
    {
        var full = path.StartsWith("listeners", StringComparison.Ordinal) || path.StartsWith("clusters", StringComparison.Ordinal)
            ? "static_resources." + path
            : path;
        return Restate(new SourceFault(Source?.Find(SourceMap.StepsOf(full)) ?? default, full, "invalid", message));
    }
}
