using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing;

/// <summary>A compiled route table. Immutable, shared by all workers; looks a route up without allocation.</summary>
internal sealed class RouteTable
{
    private readonly VirtualHostIndex _hosts;
    private readonly bool _ignorePort;
    private readonly HeaderName[] _internalOnly;

    internal RouteTable(string name, VirtualHostIndex hosts, bool ignorePort, HeaderName[] internalOnly)
    {
        Name = name;
        _hosts = hosts;
        _ignorePort = ignorePort;
        _internalOnly = internalOnly;
    }

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>Compiles <paramref name="config"/>.</summary>
    /// <exception cref="ConfigException">It breaks rules; all of them are listed.</exception>
    public static RouteTable Compile(RouteTableConfig config, RouteTableContext context)
    {
        return new RouteTableCompiler(config, context).Compile();
    }

    /// <summary>The route of a request; null when there is none. When TLS is required and missing, the route's action is a redirect.</summary>
    public Route? Match(in RouteQuery query)
    {
        var host = _hosts.Find(query.Headers.Get(KnownHeader.Authority), _ignorePort);
        return host?.Match(new RequestTarget(query.Headers), query);
    }

    /// <summary>Removes the headers that only requests from inside may carry.</summary>
    public void RemoveInternalOnlyHeaders(HeaderMap headers)
    {
        foreach (var name in _internalOnly)
        {
            name.Remove(headers);
        }
    }
}
