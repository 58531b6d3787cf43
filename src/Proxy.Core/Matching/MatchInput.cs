using System.Net;

namespace Proxy.Matching;

/// <summary>Reads what a matcher looks at. Immutable, shared by all workers.</summary>
internal abstract class MatchInput
{
    /// <summary>Bytes that a caller lends for values that have to be put together; longer ones take an array.</summary>
    public const int Room = 256;

    /// <summary>Reads the value, which may lie in <paramref name="room"/>.</summary>
    public abstract InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value);

    /// <summary>Reads the value as an address; null with <see cref="InputState.Present"/> when it is none.</summary>
    public virtual InputState ReadAddress(in MatchData data, out IPAddress? address)
    {
        Span<byte> room = stackalloc byte[Room];
        var state = Read(data, room, out var value);
        address = state == InputState.Present ? IpText.TryParse(value) : null;
        return state;
    }
}
