using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Discovery.Bootstrap;
using Proxy.Workers.Files;

namespace Proxy.Host.Tests.Docs;

/// <summary>The configuration that a page of docs/ shows first.</summary>
internal static class DocsPage
{
    private const string Fence = "```";

    /// <summary>Loads it; it must be without faults.</summary>
    public static ProxyConfig Load(string name)
    {
        var yaml = Read(name);
        var result = BootstrapLoader.Load("page.yaml", null, new BootstrapOptions { ReadFile = _ => Encoding.UTF8.GetBytes(yaml) });
        result.Faults.Should().BeEmpty();
        return result.Config!;
    }

    /// <summary>Its text.</summary>
    public static string Read(string name)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", name));
        var start = page.IndexOf(Fence + "yaml\n", StringComparison.Ordinal) + Fence.Length + "yaml\n".Length;
        return page[start..page.IndexOf(Fence, start, StringComparison.Ordinal)];
    }

    /// <summary>What a proxy with this configuration is made of; log files are opened by <paramref name="open"/>.</summary>
    public static ServiceProvider Services(ProxyConfig config, Func<string, Stream> open)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new FileFlusherOptions { Open = open });
        services.AddProxy(options => options.Add(config)).AddFilters();
        return services.BuildServiceProvider();
    }
}
