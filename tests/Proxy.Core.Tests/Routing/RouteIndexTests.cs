using System.Globalization;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
public sealed class RouteIndexTests
{
    private const string Alphabet = "aAb/";

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void Match_AnyTable_FindsWhatAWalkOverTheListFinds(int seed)
    {
        var random = new Random(seed);
        var hits = new HashSet<string>();
        for (var round = 0; round < 100; round++)
        {
            var routes = Enumerable.Range(0, random.Next(1, 40)).Select(i => RandomRoute(random, i)).ToArray();
            var table = RoutingFixture.Compile(routes);
            var alone = Array.ConvertAll(routes, static route => RoutingFixture.Compile(route));
            for (var i = 0; i < 60; i++)
            {
                var request = RandomRequest(random);
                var expected = alone.Select(one => one.Ask(request)).FirstOrDefault(static answer => answer is not null);

                table.Ask(request).Should().Be(expected, "{0} is asked of {1}", request.Text(":path"), string.Join("; ", routes.Select(static route => route.Match)));
                hits.Add(expected is null ? "none" : routes[int.Parse(expected, CultureInfo.InvariantCulture)].Match.Kind.ToString());
            }
        }

        hits.Should().HaveCount(Enum.GetValues<PathMatchKind>().Length + 1, "every kind, and none, must have been found");
    }

    [Test]
    public void Match_ConditionalRouteAboveABroaderOne_FallsThroughInOrder()
    {
        var table = RoutingFixture.Compile(
            RoutingFixture.Answer("a", new RouteMatchConfig(PathMatchKind.Prefix, "/x/y") { Headers = [Present("one")] }),
            RoutingFixture.Answer("b", new RouteMatchConfig(PathMatchKind.Prefix, "/") { Headers = [Present("two")] }),
            RoutingFixture.Answer("c", new RouteMatchConfig(PathMatchKind.Exact, "/x/y")),
            RoutingFixture.Answer("d", new RouteMatchConfig(PathMatchKind.Prefix, "/x")));

        table.Ask(RoutingFixture.Request("/x/y", headers: [("one", ""), ("two", "")])).Should().Be("a");
        table.Ask(RoutingFixture.Request("/x/y", headers: [("two", "")])).Should().Be("b");
        table.Ask(RoutingFixture.Request("/x/y?q")).Should().Be("c");
        table.Ask(RoutingFixture.Request("/x/y/")).Should().Be("d");
        table.Ask(RoutingFixture.Request("/y")).Should().BeNull();
    }

    private static HeaderMatcherConfig Present(string name) => new(name);

    private static RouteConfig RandomRoute(Random random, int number)
    {
        var kind = (PathMatchKind)random.Next(Enum.GetValues<PathMatchKind>().Length);
        var path = "/" + RandomText(random, 4);
        var match = kind switch
        {
            PathMatchKind.SeparatedPrefix => new RouteMatchConfig(kind, path.TrimEnd('/') + "/a"),
            PathMatchKind.Regex => new RouteMatchConfig(kind, path + "[ab]*"),
            PathMatchKind.Template => new RouteMatchConfig(kind, "/a/*"),
            PathMatchKind.Connect => new RouteMatchConfig(kind),
            _ => new RouteMatchConfig(kind, random.Next(20) == 0 ? "" : path),
        };
        match = match with { CaseSensitive = random.Next(3) > 0 };
        return RoutingFixture.Answer("" + number, random.Next(3) > 0 ? match : match with { Headers = [Present("h" + random.Next(3))] });
    }

    private static HeaderMap RandomRequest(Random random)
    {
        var path = "/" + RandomText(random, 7) + (random.Next(4) == 0 ? "?a" : "");
        var headers = random.Next(2) == 0 ? [] : new[] { ("h" + random.Next(3), "") };
        return RoutingFixture.Request(path, method: random.Next(10) == 0 ? "CONNECT" : "GET", headers: headers);
    }

    private static string RandomText(Random random, int length) => new([.. Enumerable.Range(0, random.Next(length)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
}
