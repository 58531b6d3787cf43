using System.Text;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration that a page of docs shows first.</summary>
internal static class DocumentedPage
{
    private const string Fence = "```";

    public static ProxyConfig Load(string name)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", name));
        var start = page.IndexOf(Fence + "yaml\n", StringComparison.Ordinal) + Fence.Length + "yaml\n".Length;
        var yaml = page[start..page.IndexOf(Fence, start, StringComparison.Ordinal)];
        var result = BootstrapLoader.Load("page.yaml", null, new BootstrapOptions { ReadFile = _ => Encoding.UTF8.GetBytes(yaml) });
        result.Faults.Should().BeEmpty();
        return result.Config!;
    }
}
