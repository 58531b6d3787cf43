using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing.Scopes;

namespace Proxy.Core.Tests.Routing;

/// <summary>Keys of scopes from request headers.</summary>
public sealed class ScopeKeyBuilderTests
{
    [TestCase("", 0, null, "", "a,b", "a,b")]
    [TestCase(",", 0, null, "", "a,b", "a")]
    [TestCase(",", 1, null, "", "a,b", "b")]
    [TestCase(",", 2, null, "", "a,b", null)]
    [TestCase(",", 1, null, "", "a,", "")]
    [TestCase(";", 0, "k", "=", "x=1;k=2=3;k=4", "2=3")]
    [TestCase(";", 0, "k", "=", "x=1;k", "")]
    [TestCase(";", 0, "k", "=", "x=1;kk=2", null)]
    [TestCase("::", 1, null, "", "a::b::c", "b")]
    public void Part_OfAHeader_IsTheKey(string separator, int index, string? element, string keySeparator, string value, string? key)
    {
        Build([new ScopeKeyPartConfig("x-a") { ElementSeparator = separator, Index = index, ElementKey = element, KeySeparator = keySeparator }], ("x-a", value))
            .Should().Be(key is null ? null : key + "\0");
    }

    [Test]
    public void Parts_AreJoinedSoThatTheyCannotRunIntoEachOther()
    {
        ConfigList<ScopeKeyPartConfig> parts = [new("x-a"), new("x-b")];
        Build(parts, ("x-a", "1"), ("x-b", "23")).Should().Be(Encoding.UTF8.GetString(ScopeKeyBuilder.Encode(["1", "23"])));
        Build(parts, ("x-a", "12"), ("x-b", "3")).Should().NotBe(Encoding.UTF8.GetString(ScopeKeyBuilder.Encode(["1", "23"])));
        Build(parts, ("x-a", "1")).Should().BeNull("a part is missing");
    }

    [Test]
    public void Key_LongerThanAnyScopes_IsNone()
    {
        Build([new ScopeKeyPartConfig("x-a")], ("x-a", new string('x', 100))).Should().BeNull();
    }

    [Test]
    public void Header_ManyTimes_FirstCounts()
    {
        Build([new ScopeKeyPartConfig("x-a")], ("x-a", "1"), ("x-a", "2")).Should().Be("1\0");
    }

    [Test]
    public void Index_WithoutSeparator_IsRefused()
    {
        var act = () => ScopeKeyBuilder.Compile([new ScopeKeyPartConfig("x-a") { Index = 1 }]);
        act.Should().Throw<ConfigException>().WithMessage("*fragments[0]*index*");
    }

    private static string? Build(ConfigList<ScopeKeyPartConfig> parts, params (string Name, string Value)[] fields)
    {
        var headers = new HeaderMap();
        foreach (var (name, value) in fields)
        {
            headers.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        }

        Span<byte> key = stackalloc byte[32];
        return ScopeKeyBuilder.Compile(parts).TryBuild(headers, key, out var length) ? Encoding.ASCII.GetString(key[..length]) : null;
    }
}
