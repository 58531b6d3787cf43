using System.Buffers.Text;
using Proxy.Routing.Hashing;

namespace Proxy.Routing;

/// <summary>What picks among weighted clusters in place of chance: a number in a header, or the hash of the request. Immutable.</summary>
internal sealed class WeightedPick
{
    private readonly HeaderName? _header;
    private readonly RequestHash? _hash;

    private WeightedPick(HeaderName? header, RequestHash? hash)
    {
        _header = header;
        _hash = hash;
    }

    /// <summary>By the decimal number in a header.</summary>
    public static WeightedPick ByHeader(string name) => new(HeaderName.Of(name), null);

    /// <summary>By the hash policies of the route.</summary>
    public static WeightedPick ByHash(RequestHash hash) => new(null, hash);

    /// <summary>The value; null leaves it to chance.</summary>
    public ulong? ValueOf(in RouteQuery query)
    {
        if (_hash is not null)
        {
            return _hash.Compute(new HashInput { Headers = query.Headers, Downstream = query.Info.Downstream, Info = query.Info });
        }

        return _header!.Value.TryGet(query.Headers, out var text) && Utf8Parser.TryParse(text, out ulong value, out var used) && used == text.Length
            ? value
            : null;
    }
}
