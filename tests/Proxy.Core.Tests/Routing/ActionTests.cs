using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Routing.Actions;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class ActionTests
{
    [TestCase("/a/{x}", "/z/{x}", "/a/b?q=1", "/z/b?q=1")]
    [TestCase("/{x}/{y}", "/{y}/{x}{x}", "/a/b", "/b/aa")]
    [TestCase("/a/{x=**}", "/{x}/", "/a/%61%2fb", "/%61%2fb/")]
    public void TemplateRewrite_PutsTheVariablesInPlace(string match, string rewrite, string path, string expected)
    {
        Rewrite(new ForwardActionConfig { Cluster = "c", TemplateRewrite = rewrite }, PathMatchKind.Template, match, path).Text(":path").Should().Be(expected);
    }

    [TestCase(PathMatchKind.Template, "/{x}", "/{y}", null, Description = "no such variable")]
    [TestCase(PathMatchKind.Template, "/{x}", "z", null, Description = "no slash in front")]
    [TestCase(PathMatchKind.Template, "/{x}", "/{x", null)]
    [TestCase(PathMatchKind.Template, "/{x}", "/x}", null)]
    [TestCase(PathMatchKind.Template, "/{x}", "/z", "/p", Description = "two rewrites")]
    [TestCase(PathMatchKind.Prefix, "/", "/z", null, Description = "no template to take variables from")]
    public void TemplateRewrite_WithoutItsVariables_IsRefused(PathMatchKind kind, string match, string rewrite, string? prefix)
    {
        var act = () => Rewrite(new ForwardActionConfig { Cluster = "c", TemplateRewrite = rewrite, PrefixRewrite = prefix }, kind, match, "/a");
        act.Should().Throw<ConfigException>();
    }

    [TestCase(PathMatchKind.Prefix, "/a", "/z", "/a/b?q=/a", "/z/b?q=/a")]
    [TestCase(PathMatchKind.Prefix, "/a", "/", "/a/b", "//b")]
    [TestCase(PathMatchKind.Prefix, "", "/z", "/a", "/z/a")]
    [TestCase(PathMatchKind.Exact, "/a/b", "/z", "/a/b?q", "/z?q")]
    [TestCase(PathMatchKind.SeparatedPrefix, "/a", "/z", "/a/b", "/z/b")]
    [TestCase(PathMatchKind.Regex, "/a(/.*)?", "/z", "/a/b?q", "/z?q")]
    public void PrefixRewrite_ReplacesWhatMatched(PathMatchKind kind, string match, string rewrite, string path, string expected)
    {
        var request = Rewrite(new ForwardActionConfig { Cluster = "c", PrefixRewrite = rewrite }, kind, match, path);

        request.Text(":path").Should().Be(expected);
        request.Text("x-envoy-original-path").Should().Be(path);
    }

    [TestCase("^/a/(.*)$", @"/z/\1", "/a/b?x=/a", "/z/b?x=/a")]
    [TestCase("/", "//", "/a/b", "//a//b")]
    public void RegexRewrite_ReplacesInThePathOnly(string pattern, string substitution, string path, string expected)
    {
        Rewrite(new ForwardActionConfig { Cluster = "c", RegexRewrite = new RegexRewriteConfig(pattern, substitution) }, PathMatchKind.Prefix, "/", path)
            .Text(":path").Should().Be(expected);
    }

    [Test]
    public void RegexRewrite_NothingLeftOfThePath_ChangesNothing()
    {
        var request = Rewrite(new ForwardActionConfig { Cluster = "c", RegexRewrite = new RegexRewriteConfig(".*", "") }, PathMatchKind.Prefix, "/", "/a?x");

        request.Text(":path").Should().Be("/a?x");
        request.Text("x-envoy-original-path").Should().Be("(none)");
    }

    [TestCase("http", "t.test", "/a?x=1", "https://t.test/a?x=1")]
    [TestCase("http", "t.test:80", "/a", "https://t.test/a", Description = "the default port of the old scheme goes")]
    [TestCase("http", "t.test:8080", "/a", "https://t.test:8080/a")]
    [TestCase("http", "[::1]:80", "/a", "https://[::1]/a")]
    [TestCase("http", "[::1]", "/a", "https://[::1]/a")]
    [TestCase("https", "t.test:443", "/a", "https://t.test:443/a", Description = "scheme unchanged: port stays")]
    public void Redirect_ToHttps_KeepsHostAndPath(string proto, string host, string path, string expected)
    {
        Location(new RedirectActionConfig { HttpsRedirect = true }, proto, host, path).Should().Be(expected);
    }

    [Test]
    public void Redirect_EveryPart_ReplacesIt()
    {
        Location(new RedirectActionConfig { Scheme = "ftp", Host = "h", Port = 99, Path = "/p" }, "http", "t.test:80", "/a?x=1").Should().Be("ftp://h:99/p?x=1");
        Location(new RedirectActionConfig { Path = "/p?own" }, "http", "t", "/a?x=1").Should().Be("http://t/p?own");
        Location(new RedirectActionConfig { Path = "/p?own", StripQuery = true }, "http", "t", "/a?x=1").Should().Be("http://t/p?own");
        Location(new RedirectActionConfig { Path = "rel" }, "http", "t:80", "/a").Should().Be("http://t:80/rel");
        Location(new RedirectActionConfig { StripQuery = true }, "http", "t", "/a?x=1").Should().Be("http://t/a");
        Location(new RedirectActionConfig { Port = 8443 }, "http", "t:80", "/a").Should().Be("http://t:8443/a");
        Location(new RedirectActionConfig { PrefixRewrite = "/new" }, "http", "t", "/a?x").Should().Be("http://t/new?x");
    }

    [Test]
    public void HostRewrites_WeightedClusterFirst_ThenTheRoute()
    {
        var action = new ForwardActionConfig { HostRewriteHeader = "x-host", WeightedClusters = [new WeightedClusterConfig("c", 1) { HostRewrite = "w.test" }] };

        var there = Rewrite(action, PathMatchKind.Prefix, "/", "/", ("x-host", "h.test"));
        var missing = Rewrite(action, PathMatchKind.Prefix, "/", "/");

        there.Text(":authority").Should().Be("h.test");
        there.Text("x-envoy-original-host").Should().Be("w.test");
        missing.Text(":authority").Should().Be("w.test");
        missing.Text("x-envoy-original-host").Should().Be("(none)", "a weighted cluster changes the host without a trace");
    }

    [TestCase("old.test", "old.test,a.test")]
    [TestCase("a.test", "a.test", Description = "it stands there already")]
    [TestCase(null, "a.test")]
    public void HostRewrite_AppendForwardedHost_AddsTheOldHost(string? before, string expected)
    {
        (string, string)[] headers = before is null ? [] : [("x-forwarded-host", before)];
        var request = Rewrite(new ForwardActionConfig { Cluster = "c", HostRewrite = "b", AppendForwardedHost = true }, PathMatchKind.Prefix, "/", "/", headers);

        request.Text("x-forwarded-host").Should().Be(expected);
    }

    private static string Location(RedirectActionConfig config, string proto, string host, string path)
    {
        var request = RoutingFixture.Request(path, host, headers: ("x-forwarded-proto", proto));
        request.Set(KnownHeader.Scheme, Encoding.ASCII.GetBytes(proto));
        var action = (RedirectAction)Find(config, PathMatchKind.Prefix, "/a", request).Action;
        var writer = new FormatWriter();
        action.PathRewrite?.Apply(request, keepOriginal: true, writer);
        writer.Clear();
        action.WriteLocation(request, writer);
        return Encoding.Latin1.GetString(writer.Written);
    }

    private static HeaderMap Rewrite(ForwardActionConfig config, PathMatchKind kind, string match, string path, params (string, string)[] headers)
    {
        var request = RoutingFixture.Request(path, headers: headers);
        var action = (ForwardAction)Find(config, kind, match, request).Action;
        var scratch = new FormatWriter();
        foreach (var host in action.HostRewrites)
        {
            host.Apply(request, action.AppendForwardedHost, keepOriginal: true, scratch);
        }

        action.PathRewrite?.Apply(request, keepOriginal: true, scratch);
        return request;
    }

    private static Route Find(RouteActionConfig action, PathMatchKind kind, string match, HeaderMap request)
    {
        return RoutingFixture.Compile(new RouteConfig { Match = new RouteMatchConfig(kind, match), Action = action }).Find(request)!;
    }
}
