using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.Tests.Xds.Names;

/// <summary>Escapes and order are those of Envoy.</summary>
public sealed class XdsNameTests
{
    [Test]
    public void TryParse_AllParts_AreDecoded()
    {
        var name = XdsName.TryParse("xdstp://f123%25%2F%3F%23o/envoy.config.listener.v3.Listener/b%25:%3F%23%5B%5Dar//baz?%25%23%5B%5D%26%3Dab=cde%25%23%5B%5D%26%3Df&k=v")!;

        name.Authority.Should().Be("f123%/?#o");
        name.Type.Should().Be("envoy.config.listener.v3.Listener");
        name.Id.Should().Be("b%:?#[]ar//baz");
        name.Context.Should().BeEquivalentTo(new Dictionary<string, string> { ["%#[]&=ab"] = "cde%#[]&=f", ["k"] = "v" });
    }

    [TestCase("plain", "plain")]
    [TestCase("xdstp://a/t/x?b=2&a=1", "xdstp://a/t/x?a=1&b=2")]
    [TestCase("xdstp://a/t/x?a=1&a=2", "xdstp://a/t/x?a=1")]
    [TestCase("xdstp://a/t/x?a&b=", "xdstp://a/t/x?a=&b=")]
    [TestCase("xdstp://a/t/x?", "xdstp://a/t/x")]
    [TestCase("xdstp://a/t", "xdstp://a/t")]
    [TestCase("xdstp:///t/x/y", "xdstp:///t/x/y")]
    [TestCase("xdstp://%61/t/%78", "xdstp://a/t/x")]
    [TestCase("xdstp://a/t/x%2fy", "xdstp://a/t/x/y")]
    [TestCase("xdstp://a/t/x#entry=y", "xdstp://a/t/x%23entry=y")]
    [TestCase("xdstp://a/t/ü~%zz", "xdstp://a/t/%C3%BC%7E%25zz")]
    [TestCase("xdstp://a/t/*", "xdstp://a/t/*")]
    [TestCase("xdstp://a", "xdstp://a")]
    public void Canonical_IsOneFormOfAName(string name, string expected)
    {
        XdsName.Canonical(name).Should().Be(expected);
        XdsName.Canonical(expected).Should().Be(expected);
    }

    [TestCase("xdstp:")]
    [TestCase("xdstp://a")]
    [TestCase("xdstp://a/")]
    [TestCase("xdstp://a//x")]
    [TestCase("xdstp://a/?k=v")]
    [TestCase("xdstp:a/t/x")]
    public void Check_MalformedName_IsRefused(string name)
    {
        XdsName.TryParse(name).Should().BeNull();
        FluentActions.Invoking(() => XdsName.Check(name)).Should().Throw<Configuration.ConfigException>().WithMessage("*no type of resource follows the authority*");
    }

    [TestCase("xdstp://a/t/x/y?k=v", "xdstp://a/t/x/*?k=v")]
    [TestCase("xdstp://a/t/x", "xdstp://a/t/*")]
    [TestCase("xdstp://a/t", "xdstp://a/t/*")]
    [TestCase("plain", null)]
    public void GlobOf_IsTheCollectionOfTheFolder(string name, string? expected)
    {
        XdsName.GlobOf(name).Should().Be(expected);
    }

    [TestCase("xdstp://a/t/x/*", true)]
    [TestCase("xdstp://a/t/*?k=v", true)]
    [TestCase("xdstp://a/t/x*", false)]
    [TestCase("xdstp://a/t/x", false)]
    [TestCase("*", false)]
    public void IsGlob_TellsCollections(string name, bool expected)
    {
        XdsName.IsGlob(name).Should().Be(expected);
    }
}
