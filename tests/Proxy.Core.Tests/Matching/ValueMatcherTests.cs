using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Matching;
using Proxy.Streams;
using static Proxy.Core.Tests.Matching.MatcherFixture;

namespace Proxy.Core.Tests.Matching;

[TestFixture]
public sealed class ValueMatcherTests
{
    private const string Tree = """{"t":"text","n":5,"z":null,"b":true,"l":[1,"two",{"x":1}],"m":{"d":"deep"}}""";

    private static TextValueMatcherConfig Text(string text) => new(new StringMatcherConfig(StringMatchKind.Exact, text));

    private static readonly object[] Cases =
    [
        new object[] { "t", Text("text"), true },
        new object[] { "t", Text("other"), false },
        new object[] { "n", Text("5"), false },
        new object[] { "n", new NumberMatcherConfig(5), true },
        new object[] { "n", new NumberRangeMatcherConfig(5, 6), true },
        new object[] { "n", new NumberRangeMatcherConfig(4, 5), false },
        new object[] { "t", new NumberMatcherConfig(5), false },
        new object[] { "z", new NullValueMatcherConfig(), true },
        new object[] { "missing", new NullValueMatcherConfig(), false },
        new object[] { "b", new BoolMatcherConfig(true), true },
        new object[] { "b", new BoolMatcherConfig(false), false },
        new object[] { "z", new PresentMatcherConfig(true), true },
        new object[] { "missing", new PresentMatcherConfig(true), false },
        new object[] { "missing", new PresentMatcherConfig(false), true },
        new object[] { "l", new ListMatcherConfig(Text("two")), true },
        new object[] { "l", new ListMatcherConfig(Text("three")), false },
        new object[] { "t", new ListMatcherConfig(Text("text")), false },
        new object[] { "t", new AnyValueMatcherConfig([new NumberMatcherConfig(5), Text("text")]), true },
        new object[] { "m.d", Text("deep"), true },
        new object[] { "t.d", new PresentMatcherConfig(true), false },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Metadata_IsComparedByItsKind(string path, ValueMatcherConfig value, bool expected)
    {
        var config = new MetadataMatcherConfig("ns", path.Split('.').ToConfigList(), value);
        var info = new StreamInfo();
        info.DynamicMetadata["ns"] = MetadataTree.TryParse(Tree)!;

        Compile(config).MatchesDynamic(info).Should().Be(expected);
        Compile(config with { Invert = true }).MatchesDynamic(info).Should().Be(!expected);
        Compile(config).Matches(new Dictionary<string, Dictionary<string, object>> { ["ns"] = MetadataTree.TryParse(Tree)! }).Should().Be(expected);
    }

    [Test]
    public void Metadata_NoneAtAll_IsMissing()
    {
        var config = new MetadataMatcherConfig("ns", ["k"], new PresentMatcherConfig(false));

        Compile(config).MatchesDynamic(null).Should().BeTrue();
        Compile(config).MatchesDynamic(new StreamInfo()).Should().BeTrue();
        Compile(config).Matches(null).Should().BeTrue();
    }

    [Test]
    public void Metadata_ComparedInAMatcher_IsFound()
    {
        var input = new MatchInputConfig(MatchInputKind.DynamicMetadata, "ns") { Path = ["t"] };
        var data = Connection();
        data.Info!.DynamicMetadata["ns"] = MetadataTree.TryParse(Tree)!;

        Play(When(new InputPredicateConfig(input, new MetadataInputMatcherConfig(Text("text")))), data).Should().Be("yes");
        Play(When(new InputPredicateConfig(input, new MetadataInputMatcherConfig(Text("text"), Invert: true))), data).Should().Be("no");
    }

    [TestCase("10.1.2.3", true)]
    [TestCase("11.1.2.3", false)]
    [TestCase("junk", false)]
    public void FilterState_Address_IsComparedWithRanges(string value, bool expected)
    {
        var matcher = FilterStateMatcher.Compile(new FilterStateMatcherConfig("k") { Ranges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] }, "f", new FaultList());
        var data = Connection();
        data.Info!.FilterState["k"] = IPAddress.TryParse(value, out var address) ? address : value;

        matcher.Matches(data).Should().Be(expected);
        matcher.Matches(Connection()).Should().BeFalse("the value is missing");
    }

    [Test]
    public void FilterState_Text_IsCompared()
    {
        var config = new FilterStateMatcherConfig("k") { Text = new StringMatcherConfig(StringMatchKind.Prefix, "va") };
        var data = Connection();
        data.Info!.FilterState["k"] = "value";

        FilterStateMatcher.Compile(config, "f", new FaultList()).Matches(data).Should().BeTrue();
    }

    private static MetadataMatcher Compile(MetadataMatcherConfig config)
    {
        var faults = new FaultList();
        var matcher = MetadataMatcher.Compile(config, "m", faults);
        faults.ThrowIfAny();
        return matcher;
    }
}
