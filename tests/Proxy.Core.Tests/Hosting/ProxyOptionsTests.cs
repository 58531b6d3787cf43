using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;
using Proxy.Hosting;

namespace Proxy.Core.Tests.Hosting;

/// <summary>The settings of a proxy on their way from a configuration and back.</summary>
public sealed class ProxyOptionsTests
{
    private static readonly ProxyConfig Full = new()
    {
        Node = new NodeConfig { Id = "n" },
        Admin = new AdminConfig(AddressConfig.Of(IPAddress.Loopback, 1)),
        Listeners = [new ListenerConfig { Name = "l", Addresses = [AddressConfig.Of(IPAddress.Loopback, 2)] }],
        Clusters = [new ClusterConfig { Name = "c" }],
        Secrets = [new TlsSecretConfig("s")],
        Dynamic = new DynamicResourcesConfig { Clusters = new CustomSourceConfig("x") },
        OutlierEventLogPath = "/log",
        FlagsPath = "/flags",
        StatsFlushInterval = TimeSpan.FromSeconds(1),
        Stats = new StatsConfig { FlushOnAdmin = true },
        Runtime = [new RuntimeValue("k", "v")],
        RuntimeLayers = [new AdminRuntimeLayerConfig("layer")],
    };

    [Test]
    public void Add_OfAConfiguration_LosesNothing()
    {
        var options = new ProxyOptions();
        options.Add(Full);

        options.ToConfig().Should().Be(Full);
    }

    [Test]
    public void Sample_HasEveryProperty()
    {
        var empty = new ProxyConfig();
        var unchanged = typeof(ProxyConfig).GetProperties().Where(property => Equals(property.GetValue(empty), property.GetValue(Full)));

        unchanged.Should().BeEmpty("the sample must tell when a property is forgotten");
    }
}
