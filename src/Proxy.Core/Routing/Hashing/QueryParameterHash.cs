using System.IO.Hashing;
using Proxy.Http;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Hashing;

/// <summary>Hashes the first query parameter of a name, as it stands in the URL.</summary>
internal sealed class QueryParameterHash : HashPart
{
    private readonly byte[] _name;

    public QueryParameterHash(byte[] name)
    {
        _name = name;
    }

    public override ulong? Compute(in HashInput input)
    {
        if (input.Headers is not { } headers)
        {
            return null;
        }

        QueryString.Split(headers.Get(KnownHeader.Path), out var query);
        return QueryString.TryFind(query, _name, out var value) ? XxHash64.HashToUInt64(value) : null;
    }
}
