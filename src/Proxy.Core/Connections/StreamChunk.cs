namespace Proxy.Connections;

/// <summary>Bytes on their way through network filters; lent for the call.</summary>
public ref struct StreamChunk
{
    /// <summary>Makes a chunk.</summary>
    public StreamChunk(ReadOnlySpan<byte> bytes, bool endOfStream)
    {
        Bytes = bytes;
        EndOfStream = endOfStream;
    }

    /// <summary>
    /// What the next filter will see. A read filter only shortens it, from the front (<see cref="Consume"/>); a write filter may put other bytes in its
    /// place, which it keeps alive until its next call.
    /// </summary>
    public ReadOnlySpan<byte> Bytes { readonly get; set; }

    /// <summary>Nothing follows in this direction.</summary>
    public readonly bool EndOfStream { get; }

    /// <summary>Uses up <paramref name="count"/> bytes from the front.</summary>
    public void Consume(int count)
    {
        Bytes = Bytes[count..];
    }
}
