namespace Proxy.Streams;

/// <summary>Part of a body on its way through HTTP filters; lent for the call.</summary>
public ref struct BodyChunk
{
    /// <summary>Makes a chunk.</summary>
    public BodyChunk(ReadOnlySpan<byte> bytes, bool endStream)
    {
        Bytes = bytes;
        EndStream = endStream;
    }

    /// <summary>The bytes; a filter may put others in their place, which it keeps alive until its next call.</summary>
    public ReadOnlySpan<byte> Bytes { readonly get; set; }

    /// <summary>Nothing follows.</summary>
    public readonly bool EndStream { get; }
}
