using Proxy.Testing;

namespace Proxy.Discovery.Tests.V3;

internal sealed class DocumentedRetriesTests
{
    [Test]
    public void RetriesPage_Configuration_Loads()
    {
        var config = Loading.Config(ReadExample("retries-and-timeouts.md"));

        config.Clusters[0].DefaultBreaker.RetryBudget.Should().NotBeNull();
        config.Listeners.Should().ContainSingle();
    }

    private static string ReadExample(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", page));
        var start = text.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        return text[start..text.IndexOf("```\n", start, StringComparison.Ordinal)];
    }
}
