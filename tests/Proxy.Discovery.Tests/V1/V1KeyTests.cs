using Proxy.Discovery.Tests.Bootstrap;
using static Proxy.Discovery.Tests.V1.V1Loading;

namespace Proxy.Discovery.Tests.V1;

/// <summary>v1 in the keys of an application's configuration, which know texts alone, and no lines.</summary>
public sealed class V1KeyTests
{
    public static IEnumerable<string> Configurations => V1Examples.Configurations;

    [TestCaseSource(nameof(Configurations))]
    public void Configuration_AsKeys_MeansWhatItMeansAsAFile(string name)
    {
        var (keys, file) = (V1Examples.Load(ConfigurationKeys.Of(V1Examples.Text(name))), V1Examples.Load(name, V1Examples.Bytes(name)));

        keys.Faults.Select(static fault => (fault.Path, fault.Message)).Should().BeEquivalentTo(file.Faults.Select(static fault => (fault.Path, fault.Message)));
        (keys.Config == file.Config).Should().BeTrue();
        keys.Message.Should().Be(file.Message);
    }

    [TestCase(""" "stats_flush_interval_ms": "soon" """, "proxy stats_flush_interval_ms: must be a whole number, not \"soon\"")]
    [TestCase(""" "stats_flush_interval_ms": {} """, "proxy stats_flush_interval_ms: must be a whole number, not null")]
    [TestCase(""" "stats_flush_intervals_ms": 1 """, "proxy stats_flush_intervals_ms: unknown key (did you mean stats_flush_interval_ms?)")]
    [TestCase(""" "lds": {"cluster": ["a"]} """, "proxy lds.cluster: must be a string, not a list")]
    public void Fault_NamesTheKey(string setting, string fault)
    {
        V1Examples.Load(ConfigurationKeys.Of(Text(top: setting))).Faults.Select(static found => found.ToString()).Should().Equal(fault);
    }
}
