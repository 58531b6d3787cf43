using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Actions;
using Proxy.Streams;

namespace Proxy.Core.Tests.Routing;

/// <summary>Small words for tables and requests. Routes answer with a text, by which a test tells them apart.</summary>
internal static class RoutingFixture
{
    public static RouteConfig Answer(string text, RouteMatchConfig match) => new() { Name = text, Match = match, Action = new DirectResponseActionConfig(200, text) };

    public static RouteTable Compile(params RouteConfig[] routes) => RouteTable.Compile(Table(routes), new RouteTableContext());

    public static RouteTableConfig Table(params RouteConfig[] routes)
    {
        return new RouteTableConfig { ValidateClusters = false, VirtualHosts = [new VirtualHostConfig { Name = "v", Domains = ["*"], Routes = routes.ToConfigList() }] };
    }

    public static HeaderMap Request(string path = "/", string host = "a.test", string method = "GET", params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        map.Add(KnownHeader.Method, Encoding.Latin1.GetBytes(method));
        map.Add(KnownHeader.Authority, Encoding.Latin1.GetBytes(host));
        map.Add(KnownHeader.Path, Encoding.Latin1.GetBytes(path));
        foreach (var (name, value) in headers)
        {
            map.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return map;
    }

    public static Route? Find(this RouteTable table, HeaderMap request, ulong random = 0, bool tls = false, bool inside = false)
    {
        return table.Match(new RouteQuery { Headers = request, Info = new StreamInfo(), Random = random, IsTls = tls, IsInternal = inside });
    }

    /// <summary>The text of the route found, or null.</summary>
    public static string? Ask(this RouteTable table, HeaderMap request, ulong random = 0)
    {
        return table.Find(request, random)?.Action is DirectResponseAction direct ? Encoding.UTF8.GetString(direct.Body) : null;
    }

    public static string Text(this HeaderMap headers, string name)
    {
        return headers.TryGet(Encoding.Latin1.GetBytes(name), out var value) ? Encoding.Latin1.GetString(value) : "(none)";
    }
}
