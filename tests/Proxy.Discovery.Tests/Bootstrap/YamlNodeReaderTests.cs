using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class YamlNodeReaderTests
{
    [Test]
    public void Read_NestedBlocks_KeepsLineAndColumnOfEachValue()
    {
        var root = Read("a:\n- b: 1\n  c: two\n");
        var inner = root.Entries[0].Value.Items[0].Entries[1];
        (inner.Position.Line, inner.Position.Column).Should().Be((3, 3));
        (inner.Value.Position.Line, inner.Value.Position.Column).Should().Be((3, 6));
    }

    [Test]
    public void Read_Alias_RepeatsTheAnchoredValue()
    {
        var root = Read("a: &x {b: 1}\nc: *x\n");
        root.Entries[1].Value.Should().BeSameAs(root.Entries[0].Value);
    }

    [TestCase("a: *nope")]
    [TestCase("a: [1")]
    [TestCase("a: {? {x: y} : z}")]
    [TestCase("a:\n\tb: 1")]
    [TestCase("a: `b")]
    public void Read_Broken_SaysWhere(string text) => FluentActions.Invoking(() => Read(text))
        .Should().Throw<NodeSyntaxException>().Which.Line.Should().BeGreaterThan(0);

    [Test]
    public void Read_SecondDocument_IsIgnored() => Read("a: 1\n---\nb: 2\n").Entries.Should().ContainSingle();

    [TestCase("")]
    [TestCase("# only a comment\n")]
    public void Read_NoDocument_IsNull(string text) => Read(text).IsNull.Should().BeTrue();

    [Test]
    public void Read_EqualKeys_KeepsTheLastAndWarns()
    {
        var faults = new FaultList();
        var root = YamlNodeReader.Read("f", "a: 1\na: 2\n", faults);
        root.Entries.Should().ContainSingle().Which.Value.Text.Should().Be("2");
        faults.HasErrors.Should().BeFalse();
        faults.Sorted().Should().ContainSingle().Which.Position.Line.Should().Be(1);
    }

    [Test]
    public void Read_DeeperThanTheLimit_IsRefused() =>
        FluentActions.Invoking(() => Read(new string('[', 500))).Should().Throw<NodeSyntaxException>();

    private static ConfigNode Read(string text) => YamlNodeReader.Read("f", text, new FaultList());
}
