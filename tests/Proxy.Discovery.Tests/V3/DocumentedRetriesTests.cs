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
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "docs", page)))
        {
            folder = folder.Parent;
        }

        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", page));
        var start = text.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        return text[start..text.IndexOf("```\n", start, StringComparison.Ordinal)];
    }
}
