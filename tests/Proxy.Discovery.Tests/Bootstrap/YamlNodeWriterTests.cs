using System.Text;
using Proxy.Discovery.Bootstrap;
using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;
using Proxy.Discovery.V1.Nodes;

namespace Proxy.Discovery.Tests.Bootstrap;

public sealed class YamlNodeWriterTests
{
    [TestCase("")]
    [TestCase("plain")]
    [TestCase("a b")]
    [TestCase("true")]
    [TestCase("No")]
    [TestCase("null")]
    [TestCase("~")]
    [TestCase("12")]
    [TestCase("1e5")]
    [TestCase("0x1F")]
    [TestCase("12:30:45")]
    [TestCase("2001-01-01")]
    [TestCase("- a")]
    [TestCase("a: b")]
    [TestCase("a #b")]
    [TestCase("#")]
    [TestCase("&a *b !c %d @e `f")]
    [TestCase("\"quoted\" 'twice' \\back")]
    [TestCase("line\nline\r\n\ttab")]
    [TestCase(" around ")]
    [TestCase("\u0001\u007f\u0085\u00a0\u2028\u2029\ufeff")]
    [TestCase("é ☃ 😀")]
    [TestCase("%REQ(:METHOD)%\n")]
    public void Text_ReadBack_IsTheSame(string text)
    {
        var at = new FaultPosition("x", 1, 1);
        var scalar = ConfigNode.Scalar(NodeKind.String, at, text);
        var map = ConfigNode.Map(at, [new ConfigEntry(text.Length == 0 ? "k" : text, scalar, at)]);

        Assert(map);
        Assert(ConfigNode.List(at, [scalar, map, ConfigNode.List(at, [scalar, ConfigNode.List(at, [])])]));
    }

    [Test]
    public void Kinds_ReadBack_AreTheSame()
    {
        var at = new FaultPosition("x", 1, 1);
        var items = new List<ConfigNode>
        {
            ConfigNode.Scalar(NodeKind.Null, at, ""),
            ConfigNode.Scalar(NodeKind.Bool, at, "true"),
            ConfigNode.Scalar(NodeKind.Number, at, "-12"),
            ConfigNode.Scalar(NodeKind.Number, at, "2147483647"),
            ConfigNode.Map(at, []),
        };

        Assert(ConfigNode.List(at, items));
        Assert(ConfigNode.Map(at, [new ConfigEntry("list", ConfigNode.List(at, items), at), new ConfigEntry("map", ConfigNode.Map(at, [new ConfigEntry("inner", ConfigNode.List(at, items), at)]), at)]));
    }

    private static void Assert(ConfigNode node)
    {
        var faults = new FaultList();
        var yaml = YamlNodeWriter.Write(node);

        var read = ConfigText.ParseYaml("y", Encoding.UTF8.GetBytes(yaml), faults);

        faults.Sorted().Should().BeEmpty(yaml);
        NodeText.Of(read!).Should().Be(NodeText.Of(node), yaml);
    }
}
