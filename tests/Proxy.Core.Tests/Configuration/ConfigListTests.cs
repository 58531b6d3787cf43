using Proxy.Configuration;

namespace Proxy.Core.Tests.Configuration;

public sealed class ConfigListTests
{
    [Test]
    public void Equality_IsOfTheItems()
    {
        ConfigList<string> list = ["a", "b"];
        ConfigList<string> same = ["a", "b"];
        ConfigList<string> other = ["b", "a"];
        ConfigList<string>? none = null;

        (list == same).Should().BeTrue();
        (list != same).Should().BeFalse();
        list.GetHashCode().Should().Be(same.GetHashCode());
        (list == other).Should().BeFalse();
        (list == none).Should().BeFalse();
        (none == list).Should().BeFalse();
        (none == null).Should().BeTrue();
    }
}
