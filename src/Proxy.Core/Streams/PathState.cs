using Proxy.Buffers;

namespace Proxy.Streams;

/// <summary>Where one filter stands in one direction of a stream, and what waits at it.</summary>
internal struct PathState
{
    /// <summary>Body the filter has seen and not let go.</summary>
    public ByteQueue? Held;

    /// <summary>Body the filter has not seen, because it stopped everything.</summary>
    public ByteQueue? Input;

    public FilterStop Stop;
    public bool PausesWhenFull;
    public bool InCall;
    public bool ContinueRequested;
    public bool HeadersSeen;
    public bool HeadersPassed;
    public bool EndSeen;
    public bool EndPassed;
    public bool TrailersSeen;
    public bool TrailersPassed;
    public bool InputEnd;
    public bool InputTrailers;

    /// <summary>Makes it ready for the next stream; the queues are kept, empty.</summary>
    public void Reset()
    {
        Held?.Clear();
        Input?.Clear();
        this = new PathState { Held = Held, Input = Input };
    }
}

/// <summary>How a filter has stopped the iteration.</summary>
internal enum FilterStop : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>For those behind it; it still gets body and trailers itself.</summary>
    Behind,

    /// <summary>For itself too.</summary>
    All,
}
