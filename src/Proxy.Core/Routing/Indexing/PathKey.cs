using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Indexing;

/// <summary>What an index needs to know of one route: its condition on the path, and whether it has others.</summary>
/// <param name="Kind">Kind of the condition on the path.</param>
/// <param name="Path">Bytes of a prefix or path; in lower case when <paramref name="IgnoreCase"/>.</param>
/// <param name="IgnoreCase">ASCII letters are the same in both cases.</param>
/// <param name="IsConditional">The route may refuse a request whose path fits.</param>
internal readonly record struct PathKey(PathMatchKind Kind, byte[] Path, bool IgnoreCase, bool IsConditional)
{
    /// <summary>True when a tree of paths can find the route; the others are asked one by one.</summary>
    public bool IsIndexable => Kind is PathMatchKind.Prefix or PathMatchKind.SeparatedPrefix or PathMatchKind.Exact;

    /// <summary>The key of a route with this condition on the path.</summary>
    public static PathKey Of(PathMatcher path, bool isConditional)
    {
        var bytes = path.Path;
        if (path.IgnoreCase)
        {
            bytes = new byte[path.Path.Length];
            AsciiBytes.ToLower(path.Path, bytes);
        }

        return new PathKey(path.Kind, bytes, path.IgnoreCase, isConditional);
    }
}
