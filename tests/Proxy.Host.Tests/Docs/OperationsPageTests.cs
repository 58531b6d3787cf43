using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Discovery.Xds.ClientStatus;
using Proxy.Host.CommandLine;
using Proxy.Hosting;
using Proxy.Testing;

namespace Proxy.Host.Tests.Docs;

/// <summary>docs/operations.md names the flags and admin paths that there are.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "operations.md"));

    [Test]
    public void Flags_OfThePage_Exist()
    {
        var flags = HostFlags.All().Select(static flag => flag.Option.Name).Append("--help").ToHashSet(StringComparer.Ordinal);

        var named = Flag().Matches(Page).Select(static match => match.Groups[1].Value).Distinct();

        named.Should().NotBeEmpty().And.OnlyContain(name => flags.Contains(name));
    }

    [Test]
    public void AdminPaths_OfTheProxy_AreOnThePage()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IClientStatusSource>(new ClientStatusSource(default, default));
        services.AddProxy(options => options.Admin = new AdminConfig(AddressConfig.Loopback(9901))).AddFilters();
        using var provider = services.BuildServiceProvider();
        using var proxy = TestProxy.Start(provider);

        var help = proxy.Connect(new IPEndPoint(IPAddress.Loopback, 9901)).Send("GET /help HTTP/1.1\r\nhost: a\r\n\r\n").Text;

        var paths = AdminPath().Matches(help).Select(static match => match.Groups[1].Value).ToList();
        paths.Should().Contain("/ready").And.Contain("/v3/discovery:client_status").And.OnlyContain(static path => Page.Contains($"`{path}`", StringComparison.Ordinal) || Page.Contains($"`{path}?", StringComparison.Ordinal));
    }

    [TestCase("/ready", "200")]
    [TestCase("/stats?filter=x", "200")]
    [TestCase("/stats", "403")]
    [TestCase("/help", "403")]
    public void AdminPaths_ThatAreNotAllowed_AreForbidden(string path, string status)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddProxy(options => options.Admin = new AdminConfig(AddressConfig.Loopback(9901))
        {
            AllowPaths = [new StringMatcherConfig(StringMatchKind.Exact, "/ready"), new StringMatcherConfig(StringMatchKind.Prefix, "/stats?")],
        }).AddFilters();
        using var provider = services.BuildServiceProvider();
        using var proxy = TestProxy.Start(provider);

        var answer = proxy.Connect(new IPEndPoint(IPAddress.Loopback, 9901)).Send($"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").Text;

        answer.Should().StartWith($"HTTP/1.1 {status}");
        answer.Contains($"request to path {path} not allowed", StringComparison.Ordinal).Should().Be(status == "403");
    }

    [GeneratedRegex("`(--[a-z-]+)")]
    private static partial Regex Flag();

    [GeneratedRegex(@"^  (/\S*?)(?: \(POST\))?: ", RegexOptions.Multiline)]
    private static partial Regex AdminPath();
}
