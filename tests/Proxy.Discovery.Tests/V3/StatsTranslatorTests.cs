using Proxy.Configuration;

namespace Proxy.Discovery.Tests.V3;

public sealed class StatsTranslatorTests
{
    [Test]
    public void Tags_ThreeKinds_AreKept()
    {
        var stats = Loading.Config("stats_config: {stats_tags: [{tag_name: envoy.cluster_name}, {tag_name: a, regex: '(x)'}, {tag_name: b, fixed_value: c}]}\nstatic_resources: {}").Stats;

        stats.Tags.Should().Equal(new StatTagConfig("envoy.cluster_name", null, null), new StatTagConfig("a", "(x)", null), new StatTagConfig("b", null, "c"));
    }

    [TestCase("stats_config: {stats_tags: [{tag_name: a}]}", "stats_config.stats_tags[0]: needs a regex or a fixed_value*")]
    [TestCase("stats_config: {stats_tags: [{tag_name: a, regex: ''}]}", "stats_config.stats_tags[0]: needs a regex or a fixed_value*")]
    [TestCase("stats_flush_on_admin: true\nstats_flush_interval: 5s", "stats_flush_interval: only one of*")]
    public void Settings_ThatSayNothingOrTooMuch_AreRefused(string settings, string expected)
    {
        Loading.Faults(settings + "\nstatic_resources: {}").Should().ContainSingle().Which.Should().Match("*" + expected);
    }
}
