using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Host.CommandLine;
using Proxy.Host.QuickStart;
using Proxy.Hosting;

namespace Proxy.Host;

/// <summary>The configuration that a command line names, with the flags' wishes applied; or the faults that refuse it.</summary>
internal sealed class HostConfiguration
{
    private BootstrapResult? _result; // null once the proxy has started

    private HostConfiguration(BootstrapResult result, HostOptions options, bool isQuickStart)
    {
        _result = result;
        IsQuickStart = isQuickStart;
        Config = result.Config is { } config ? Apply(options, config) : null;
    }

    /// <summary>The configuration; null when it is refused.</summary>
    public ProxyConfig? Config { get; }

    /// <summary>None was given.</summary>
    public bool IsQuickStart { get; }

    /// <summary>Errors, in the order of the text.</summary>
    public IEnumerable<string> Errors => Of(FaultSeverity.Error);

    /// <summary>What the user should know all the same.</summary>
    public IEnumerable<string> Warnings => Of(FaultSeverity.Warning);

    /// <summary>Number of messages with fields that no message has, let through.</summary>
    public int UnknownFields => Result.UnknownFields;

    /// <summary>Reads what <paramref name="options"/> name, or the quick start when they name nothing.</summary>
    public static HostConfiguration Load(HostOptions options)
    {
        var isQuickStart = options is { ConfigPath: null, ConfigYaml: null };
        var yaml = isQuickStart ? QuickStartConfig.Yaml(QuickStartConfig.UpstreamSocket()) : options.ConfigYaml;
        var bootstrap = new BootstrapOptions
        {
            AllowUnknownFields = options.AllowUnknownStaticFields,
            NodeId = options.ServiceNode,
            NodeCluster = options.ServiceCluster,
        };
        return new HostConfiguration(BootstrapLoader.Load(options.ConfigPath, yaml, bootstrap), options, isQuickStart);
    }

    /// <summary>The bootstrap as read, merged from file and command line, for the admin interface.</summary>
    public IConfigDumpSource Dump(DateTimeOffset loadedAt) => Result.ToDump(loadedAt);

    /// <summary>How its resources stand, for the admin interface.</summary>
    public IClientStatusSource ClientStatus(DateTimeOffset loadedAt) => Result.ToClientStatus(loadedAt);

    /// <summary>The proxy has started: what is only there to say where a fault is in the text goes.</summary>
    public void Forget() => _result = null;

    /// <summary>Faults found when the configuration was compiled or opened, with their place in the text.</summary>
    public IEnumerable<string> Place(ConfigException exception) => exception.Faults.Select(fault => Result.Place(fault.Path, fault.Message).ToString());

    private BootstrapResult Result => _result ?? throw new InvalidOperationException("The text is forgotten when the proxy has started.");

    private static ProxyConfig Apply(HostOptions options, ProxyConfig config)
    {
        var node = config.Node;
        var locality = node.Locality;
        return config with
        {
            Node = node with
            {
                Id = options.ServiceNode.Length > 0 ? options.ServiceNode : node.Id,
                Cluster = options.ServiceCluster.Length > 0 ? options.ServiceCluster : node.Cluster,
                Locality = options.ServiceZone.Length > 0 ? locality with { Zone = options.ServiceZone } : locality,
            },
            Stats = config.Stats with
            {
                Tags = [.. options.StatsTags.Select(tag => new StatTagConfig(tag.Key, null, tag.Value)), .. config.Stats.Tags],
            },
        };
    }

    private IEnumerable<string> Of(FaultSeverity severity) => Result.Faults.Where(fault => fault.Severity == severity).Select(fault => fault.ToString());
}
