namespace Proxy.Http.H2;

/// <summary>
/// The streams that this side has reset not long ago: what the peer had on its way to them is dropped, not held against it (RFC 9113 section 5.1).
/// </summary>
internal sealed class ClosedStreams
{
    private const int Kept = 128;

    private readonly int[] _ids = new int[Kept];
    private int _next;
    private bool _isFull;

    /// <summary>Remembers a stream.</summary>
    public void Add(int id)
    {
        _ids[_next] = id;
        _next = (_next + 1) % Kept;
        _isFull |= _next == 0;
    }

    /// <summary>True when frames of that stream may still come. With many resets nobody can know any more, and everything may.</summary>
    public bool MayStillSend(int id) => _isFull || _ids.AsSpan(0, _next).Contains(id);
}
