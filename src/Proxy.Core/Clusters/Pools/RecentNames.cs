using System.Text;

namespace Proxy.Clusters.Pools;

/// <summary>Texts of names that were asked for lately, so that the same ones over and over make no garbage. Bounded; for one thread.</summary>
internal sealed class RecentNames
{
    private const int Places = 64;

    private readonly string?[] _names = new string?[Places];

    /// <summary>The text of <paramref name="name"/>, in Latin-1.</summary>
    public string Get(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        ref var recent = ref _names[(uint)hash.ToHashCode() % Places];
        return recent is not null && Ascii.Equals(name, recent) ? recent : recent = Encoding.Latin1.GetString(name);
    }
}
