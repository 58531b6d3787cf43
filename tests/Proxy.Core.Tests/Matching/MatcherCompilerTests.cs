using Proxy.Configuration.Matching;
using static Proxy.Core.Tests.Matching.MatcherFixture;

namespace Proxy.Core.Tests.Matching;

[TestFixture]
public sealed class MatcherCompilerTests
{
    [Test]
    public void Compile_InputOfAnotherUse_IsRefused() =>
        FaultsOf(When(Is(new MatchInputConfig(MatchInputKind.SourceIp), "x")), MatchInputKind.RequestHeader)
            .Should().Equal("m.matcher_list.matchers[0].predicate.single_predicate.input: SourceIp cannot be looked at here");

    [Test]
    public void Compile_MetadataAndText_DoNotGoTogether()
    {
        var metadata = new MatchInputConfig(MatchInputKind.DynamicMetadata, "ns") { Path = ["k"] };

        FaultsOf(When(Is(metadata, "x")), MatchInputKind.DynamicMetadata).Should().ContainSingle().Which.Should().Contain("only the metadata comparison");
        FaultsOf(When(new InputPredicateConfig(Header("k"), new MetadataInputMatcherConfig(new NullValueMatcherConfig()))), MatchInputKind.RequestHeader)
            .Should().Contain(static fault => fault.Contains("must be dynamic metadata", StringComparison.Ordinal));
    }

    [Test]
    public void Compile_AttributesAndText_DoNotGoTogether()
    {
        var expression = new CelInputMatcherConfig(new CelConfig(new ExpressionTextConfig("true")));

        FaultsOf(When(Is(new MatchInputConfig(MatchInputKind.Attributes), "x")), MatchInputKind.Attributes).Should().ContainSingle().Which.Should().Contain("only an expression");
        FaultsOf(When(new InputPredicateConfig(Header("k"), expression)), MatchInputKind.RequestHeader).Should().ContainSingle().Which.Should().Contain("must be the attributes");
    }

    [Test]
    public void Compile_OnMatchWithoutAnything_IsRefused() =>
        FaultsOf(List((Is("a", "1"), new OnMatchConfig())), MatchInputKind.RequestHeader)
            .Should().Equal("m.matcher_list.matchers[0].on_match: needs exactly one of action and matcher");

    [Test]
    public void Compile_OnePredicateInAList_IsRefused() =>
        FaultsOf(When(new AllPredicateConfig([Is("a", "1")])), MatchInputKind.RequestHeader).Should().ContainSingle().Which.Should().Contain("two items at least");

    [Test]
    public void Compile_EmptyMap_IsRefused() =>
        FaultsOf(new MatcherConfig { Table = new ExactTableConfig(Header("k"), []) }, MatchInputKind.RequestHeader)
            .Should().Equal("m.matcher_tree.exact_match_map.map: must have one entry at least");

    [TestCase("a.*", "is neither a name")]
    [TestCase("*a.test", "is neither a name")]
    [TestCase("", "is neither a name")]
    [TestCase("A.test", "stands here twice")]
    [TestCase("*", "stands here twice")]
    public void Compile_BadDomain_IsRefused(string domain, string message)
    {
        var table = new DomainTableConfig(Header("k"), [new DomainEntryConfig(["a.test", "*"], Do("x")), new DomainEntryConfig([domain], Do("y"))]);
        FaultsOf(new MatcherConfig { Table = table }, MatchInputKind.RequestHeader).Should().ContainSingle().Which.Should().Contain(message);
    }

    [Test]
    public void Compile_NestedTooDeep_IsRefused()
    {
        var matcher = When(Is("a", "1"));
        var predicate = Is("a", "1");
        for (var i = 0; i < 100; i++)
        {
            matcher = new MatcherConfig { OnNoMatch = Ask(matcher) };
            predicate = new NotPredicateConfig(predicate);
        }

        FaultsOf(matcher, MatchInputKind.RequestHeader).Should().ContainSingle().Which.Should().Contain("deep");
        FaultsOf(When(predicate), MatchInputKind.RequestHeader).Should().ContainSingle().Which.Should().Contain("deep");
    }

    [Test]
    public void Compile_ModuloZero_IsRefused() =>
        FaultsOf(When(new InputPredicateConfig(Header("k"), new HashInputMatcherConfig(0, 0, 0))), MatchInputKind.RequestHeader)
            .Should().ContainSingle().Which.Should().Contain("modulo: must be 1 or more");
}
