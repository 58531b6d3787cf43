using Proxy.Discovery.V1;

namespace Proxy.Discovery.Tests.V1;

public sealed class SourceAddressTests
{
    [TestCase("c", 1000, "v1+rest://c/routes?refresh_delay=1s")]
    [TestCase("a/b?c&d|é", 1, "v1+rest://a%2Fb%3Fc%26d%7C%C3%A9/routes?refresh_delay=0.001s")]
    public void Address_ReadBack_IsTheSame(string cluster, int milliseconds, string text)
    {
        var address = new SourceAddress(SourceApi.Routes, cluster, TimeSpan.FromMilliseconds(milliseconds));

        address.ToString().Should().Be(text);
        SourceAddress.TryParse(text).Should().Be(address);
    }

    [Test]
    public void Address_WithHosts_HasTheOtherAddressInside()
    {
        var hosts = new SourceAddress(SourceApi.Registration, "s", TimeSpan.FromSeconds(15)).ToString();
        var address = new SourceAddress(SourceApi.Clusters, "c", TimeSpan.FromSeconds(30)) { Hosts = hosts };

        SourceAddress.TryParse(address.ToString()).Should().Be(address);
    }

    [TestCase("v1+rest://")]
    [TestCase("v1+rest://c/routes")]
    [TestCase("v1+rest:///routes?refresh_delay=1s")]
    [TestCase("v1+rest://c/nothing?refresh_delay=1s")]
    [TestCase("v1+rest://c/7?refresh_delay=1s")]
    [TestCase("v1+rest://c/Routes,clusters?refresh_delay=1s")]
    [TestCase("v1+rest://c/routes?refresh_delay=0s")]
    [TestCase("v1+rest://c/routes?refresh_delay=1")]
    [TestCase("v1+rest://c/routes?refresh_delay=xs")]
    [TestCase("v1+rest://c?refresh_delay=1s/")]
    public void Address_Malformed_IsNone(string text)
    {
        SourceAddress.IsOne(text).Should().BeTrue();
        SourceAddress.TryParse(text).Should().BeNull();
    }

    [Test]
    public void Address_Malformed_IsRefusedWhereItStands()
    {
        const string Yaml =
            """
            dynamic_resources: {cds_config: {path_config_source: {path: "v1+rest://c/clusters"}}}
            """;

        V1Examples.Load("v3.yaml", System.Text.Encoding.UTF8.GetBytes(Yaml)).Faults.Select(static fault => fault.ToString()).Should().ContainSingle()
            .Which.Should().Contain("path_config_source.path: is no address of a discovery service (such as v1+rest://cluster/routes?refresh_delay=30s)");
    }
}
