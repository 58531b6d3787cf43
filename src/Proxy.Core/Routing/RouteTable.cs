using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;

namespace Proxy.Routing;

/// <summary>A compiled route table. Immutable, shared by all workers; looks a route up without allocation.</summary>
internal sealed class RouteTable
{
    private readonly VirtualHostIndex _hosts;
    private readonly bool _ignorePort;
    private readonly bool _ignoreParameters;
    private readonly HeaderName? _hostHeader;
    private readonly HeaderName[] _internalOnly;

    internal RouteTable(RouteTableConfig config, VirtualHostIndex hosts)
    {
        Name = config.Name;
        _hosts = hosts;
        _ignoreParameters = config.IgnorePathParameters;
        _ignorePort = config.IgnorePortInHostMatching;
        _hostHeader = config.VirtualHostHeader is { Length: > 0 } name ? HeaderName.Of(name) : null;
        _internalOnly = [.. config.InternalOnlyHeaders.Select(HeaderName.Of)];
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
        var name = query.Headers.Get(KnownHeader.Authority);
        if (_hostHeader is { } header && !header.TryGet(query.Headers, out name))
        {
            return null;
        }

        var host = _hosts.Find(name, _ignorePort);
        return host?.Match(new RequestTarget(query.Headers, _ignoreParameters), query);
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
