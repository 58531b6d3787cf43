using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Hosting;

namespace Proxy.Discovery.Hosting;

/// <summary>Fills the options of one proxy from a bootstrap in the application's configuration or in a file.</summary>
internal sealed partial class ConfigurationBootstrap : IConfigureNamedOptions<ProxyOptions>
{
    private readonly string _name;
    private readonly Func<BootstrapResult> _load;
    private readonly ILogger _logger;

    private ConfigurationBootstrap(string name, Func<BootstrapResult> load, ILogger logger)
    {
        _name = name;
        _load = load;
        _logger = logger;
    }

    public static ConfigurationBootstrap From(string name, IConfiguration section, ILogger logger)
    {
        var place = section is IConfigurationSection { Path: { Length: > 0 } path } ? path : "configuration";
        return new ConfigurationBootstrap(
            name, () => BootstrapLoader.Load(ConfigurationNodeReader.Read(section, place), new BootstrapOptions()), logger);
    }

    public static ConfigurationBootstrap FromFile(string name, string path, ILogger logger)
    {
        return new ConfigurationBootstrap(name, () => BootstrapLoader.Load(path, null, new BootstrapOptions()), logger);
    }

    public void Configure(ProxyOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ProxyOptions options)
    {
        if (name != _name)
        {
            return;
        }

        var result = _load();
        if (result.Config is null)
        {
            throw new ConfigException([.. result.Faults.Select(static fault => new ConfigFault("", fault.ToString()))]);
        }

        foreach (var warning in result.Faults.Where(static fault => fault.Severity == FaultSeverity.Warning))
        {
            LogWarning(_logger, warning.ToString());
        }

        options.Add(result.Config);
    }

    [LoggerMessage(20, LogLevel.Warning, "{Fault}")]
    private static partial void LogWarning(ILogger logger, string fault);
}
