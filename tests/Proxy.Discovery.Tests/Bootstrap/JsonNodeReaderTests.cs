using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class JsonNodeReaderTests
{
    [TestCase("{}")]
    [TestCase(" \r\n\t{\"a\" : [1, 2,],}\n")]
    [TestCase("{a:1}")]
    [TestCase("{'a':'b'}")]
    [TestCase("{\"a\":\"\\b\\f\\n\\r\\t\\\"\\\\\\/\\u0041\\ud83d\\ude00\"}")]
    public void Read_TolerableJson_IsTaken(string text) =>
        JsonNodeReader.Read("f", text).Kind.Should().Be(NodeKind.Map);

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("{},")]
    [TestCase("{} x")]
    [TestCase("{\"a\"}")]
    [TestCase("[,1]")]
    [TestCase("{/* c */}")]
    [TestCase("{} // c")]
    [TestCase("# c\n{}")]
    [TestCase("\ufeff{}")]
    [TestCase("{\"a\":tru}")]
    [TestCase("{\"a\":True}")]
    [TestCase("{\"a\":01}")]
    [TestCase("{\"a\":-}")]
    [TestCase("{\"a\":.5}")]
    [TestCase("{\"a\":5.}")]
    [TestCase("{\"a\":5L}")]
    [TestCase("{\"a\":\"\\u12\"}")]
    [TestCase("{\"a\":\"\\ud800\"}")]
    [TestCase("{\"a\":\"open}")]
    [TestCase("{\"a\":`x`}")]
    [TestCase("{\"a\":1,,\"b\":2}")]
    public void Read_Broken_SaysWhere(string text) => FluentActions.Invoking(() => JsonNodeReader.Read("f", text))
        .Should().Throw<NodeSyntaxException>().Which.Line.Should().BeGreaterThan(0);

    [Test]
    public void Read_CutAnywhere_ThrowsNothingElse()
    {
        const string whole = "{\"a\":[1,-2.5e3,'x\\u0041',true,null,{b:\"c\"}]}";
        for (var i = 0; i < whole.Length; i++)
        {
            var text = whole[..i];
            FluentActions.Invoking(() => JsonNodeReader.Read("f", text)).Should().Throw<NodeSyntaxException>(text);
        }
    }

    [Test]
    public void Read_ManyLines_KeepsLineAndColumnOfEachValue()
    {
        var root = JsonNodeReader.Read("f", "{\n  \"a\": 1,\n  \"b\": [\n    true ]\n}");
        (root.Entries[1].Position.Line, root.Entries[1].Position.Column).Should().Be((3, 3));
        var item = root.Entries[1].Value.Items[0];
        (item.Position.Line, item.Position.Column).Should().Be((4, 5));
    }

    [Test]
    public void Read_DeeperThanTheLimit_IsRefused()
    {
        JsonNodeReader.Read("f", new string('[', 100) + new string(']', 100)).Kind.Should().Be(NodeKind.List);
        FluentActions.Invoking(() => JsonNodeReader.Read("f", new string('[', 1_000_000))).Should().Throw<NodeSyntaxException>();
    }
}
