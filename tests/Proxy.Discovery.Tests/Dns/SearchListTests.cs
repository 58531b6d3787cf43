using Proxy.Discovery.Dns;

namespace Proxy.Discovery.Tests.Dns;

public sealed class SearchListTests
{
    [TestCase("", 1, "")]
    [TestCase("nameserver 10.0.0.1\r\nsearch a.test b.test.\r\noptions ndots:5\r\n", 5, "a.test b.test")]
    [TestCase("domain one.test\nsearch two.test", 1, "two.test")]
    [TestCase("search one.test\ndomain two.test", 1, "two.test")]
    [TestCase("options rotate ndots:x", 1, "")]
    [TestCase("options ndots:99", 15, "")]
    [TestCase("search", 1, "")]
    public void Parse_Text_GivesDomainsAndDots(string text, int dots, string domains)
    {
        var list = SearchList.Parse(text);

        list.Dots.Should().Be(dots);
        string.Join(' ', list.Domains).Should().Be(domains);
    }
}
