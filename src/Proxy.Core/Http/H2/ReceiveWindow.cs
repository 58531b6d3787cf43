namespace Proxy.Http.H2;

/// <summary>What the peer may still send (RFC 9113 section 5.2). Updates are sent when half of the window is free again.</summary>
internal struct ReceiveWindow
{
    private readonly int _size;
    private int _left;
    private int _free; // released, and not yet given back

    /// <summary>A window that is open in full.</summary>
    public ReceiveWindow(int size)
    {
        _size = size;
        _left = size;
    }

    /// <summary>Takes bytes that have arrived; false when the peer was not allowed to send them.</summary>
    public bool TryTake(int bytes)
    {
        _left -= bytes;
        return _left >= 0;
    }

    /// <summary>Bytes have found their place.</summary>
    /// <returns>The increment to tell the peer now; 0 for none.</returns>
    public int Release(int bytes)
    {
        _free += bytes;
        if (_free < _size / 2)
        {
            return 0;
        }

        var increment = _free;
        _free = 0;
        _left += increment;
        return increment;
    }
}
