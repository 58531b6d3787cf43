using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Routing.Matching;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class HeaderMatcherTests
{
    [TestCase(StringMatchKind.Exact, "abc", "abc", true)]
    [TestCase(StringMatchKind.Exact, "abc", "ABC", false)]
    [TestCase(StringMatchKind.Exact, "", "", true)]
    [TestCase(StringMatchKind.Prefix, "ab", "abc", true)]
    [TestCase(StringMatchKind.Prefix, "bc", "abc", false)]
    [TestCase(StringMatchKind.Suffix, "bc", "abc", true)]
    [TestCase(StringMatchKind.Suffix, "ab", "abc", false)]
    [TestCase(StringMatchKind.Contains, "b", "abc", true)]
    [TestCase(StringMatchKind.Contains, "x", "abc", false)]
    [TestCase(StringMatchKind.Regex, "a.c", "abc", true)]
    [TestCase(StringMatchKind.Regex, "b", "abc", false)]
    public void Text_IsComparedAsConfigured(StringMatchKind kind, string pattern, string value, bool matches)
    {
        Matches(new HeaderMatcherConfig("X-K") { Text = new StringMatcherConfig(kind, pattern) }, value).Should().Be(matches);
    }

    [TestCase(StringMatchKind.Exact, "aBc")]
    [TestCase(StringMatchKind.Prefix, "aB")]
    [TestCase(StringMatchKind.Suffix, "bC")]
    [TestCase(StringMatchKind.Contains, "B")]
    public void Text_CaseIgnored_Matches(StringMatchKind kind, string pattern)
    {
        Matches(new HeaderMatcherConfig("x-k") { Text = new StringMatcherConfig(kind, pattern) { IgnoreCase = true } }, "AbC").Should().BeTrue();
    }

    [Test]
    public void Text_RepeatedHeader_OneValueIsEnough()
    {
        var matcher = new HeaderMatcherConfig("x-k") { Text = new StringMatcherConfig(StringMatchKind.Exact, "b") };

        Matches(matcher, "a", "b").Should().BeTrue();
        Matches(matcher with { Invert = true }, "a", "b").Should().BeFalse();
        Matches(matcher, "a", "c").Should().BeFalse();
    }

    [TestCase(false, false, false)]
    [TestCase(true, false, false, Description = "a missing header fails even an inverted condition")]
    [TestCase(false, true, false)]
    [TestCase(true, true, true)]
    public void Text_HeaderMissing_FailsUnlessItCountsAsEmpty(bool invert, bool missingAsEmpty, bool matches)
    {
        Matches(new HeaderMatcherConfig("x-k") { Text = new StringMatcherConfig(StringMatchKind.Exact, "a"), Invert = invert, MissingAsEmpty = missingAsEmpty })
            .Should().Be(matches);
    }

    [TestCase("5", true)]
    [TestCase("+5", true)]
    [TestCase("05", true)]
    [TestCase(" 5 ", true)]
    [TestCase("-1", true)]
    [TestCase("-2", false)]
    [TestCase("10", false)]
    [TestCase("5x", false)]
    [TestCase("", false)]
    [TestCase("+", false)]
    [TestCase("99999999999999999999", false)]
    public void Range_TakesWholeNumbersFromStartToBeforeEnd(string value, bool matches)
    {
        Matches(new HeaderMatcherConfig("x-k") { Range = new Int64Range(-1, 10) }, value).Should().Be(matches);
    }

    [TestCase(null, false, true, false)]
    [TestCase(true, false, true, false)]
    [TestCase(false, false, false, true)]
    [TestCase(true, true, false, true)]
    [TestCase(false, true, true, false)]
    public void Presence_IsToldFromAbsence(bool? present, bool invert, bool matchesThere, bool matchesMissing)
    {
        var matcher = new HeaderMatcherConfig("x-k") { Present = present, Invert = invert };

        Matches(matcher, "").Should().Be(matchesThere);
        Matches(matcher).Should().Be(matchesMissing);
    }

    [Test]
    public void Name_Host_IsTheAuthority()
    {
        var faults = new FaultList();
        var matcher = HeaderMatcher.Compile(new HeaderMatcherConfig("Host") { Text = new StringMatcherConfig(StringMatchKind.Exact, "a.test") }, "", faults);

        matcher.Matches(RoutingFixture.Request()).Should().BeTrue();
    }

    private static bool Matches(HeaderMatcherConfig config, params string[] values)
    {
        var faults = new FaultList();
        var matcher = HeaderMatcher.Compile(config, "", faults);
        faults.ThrowIfAny();
        return matcher.Matches(RoutingFixture.Request(headers: [.. values.Select(static value => ("x-k", value))]));
    }
}
