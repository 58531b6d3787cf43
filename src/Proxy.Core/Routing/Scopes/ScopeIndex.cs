using System.Buffers;
using Proxy.Http;

namespace Proxy.Routing.Scopes;

/// <summary>Finds the scope of a request. Immutable, shared by all workers.</summary>
internal sealed class ScopeIndex
{
    private const int OnStack = 512;

    private readonly ScopeKeyBuilder _builder;
    private readonly Dictionary<byte[], ScopeEntry> _scopes = new(ByteComparer.Instance);
    private readonly int _longest;

    public ScopeIndex(ScopeKeyBuilder builder, IEnumerable<ScopeEntry> scopes)
    {
        _builder = builder;
        foreach (var scope in scopes)
        {
            var key = ScopeKeyBuilder.Encode(scope.Config.Key);
            _scopes.Add(key, scope);
            _longest = Math.Max(_longest, key.Length);
        }
    }

    /// <summary>The scope; null when the request has none.</summary>
    public ScopeEntry? Find(HeaderMap headers)
    {
        if (_longest <= OnStack)
        {
            return Find(headers, stackalloc byte[_longest]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(_longest);
        var found = Find(headers, rented.AsSpan(0, _longest));
        ArrayPool<byte>.Shared.Return(rented);
        return found;
    }

    private ScopeEntry? Find(HeaderMap headers, Span<byte> key)
    {
        return _builder.TryBuild(headers, key, out var length)
            && _scopes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..length], out var entry) ? entry : null;
    }
}
