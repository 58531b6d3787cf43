using Proxy.Configuration;
using Proxy.Configuration.Http;

namespace Proxy.Routing.Scopes;

/// <summary>Rules on a set of scopes.</summary>
internal static class ScopeKeys
{
    /// <summary>No two scopes may have the same key.</summary>
    /// <exception cref="ConfigException">Two have.</exception>
    public static void Check(IEnumerable<RouteScopeConfig> scopes)
    {
        var names = new Dictionary<ConfigList<string>, string>();
        foreach (var scope in scopes)
        {
            if (!names.TryAdd(scope.Key, scope.Name))
            {
                throw new ConfigException("", $"scope key conflict found, first scope is '{names[scope.Key]}', second scope is '{scope.Name}'");
            }
        }
    }
}
