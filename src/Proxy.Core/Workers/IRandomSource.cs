namespace Proxy.Workers;

/// <summary>Where chance comes from, so that tests can decide it. One per worker; not thread safe.</summary>
public interface IRandomSource
{
    /// <summary>Sixty-four random bits.</summary>
    ulong Next();

    /// <summary>Fills <paramref name="destination"/> with random bytes.</summary>
    void Fill(Span<byte> destination);
}
