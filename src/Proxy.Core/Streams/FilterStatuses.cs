namespace Proxy.Streams;

/// <summary>What happens after a filter has seen the headers.</summary>
public enum HeadersStatus
{
    /// <summary>The next filter gets them.</summary>
    Continue,

    /// <summary>
    /// The next filter does not get them yet. This filter still gets data and trailers and decides with their status; headers go on with
    /// <c>Continue…</c> or as soon as a data or trailers call answers continue.
    /// </summary>
    StopIteration,

    /// <summary>Nothing more comes to this filter or the next until <c>Continue…</c>; data is buffered, and too much of it is answered with 413 (500 for responses).</summary>
    StopAllAndBuffer,

    /// <summary>Nothing more comes to this filter or the next until <c>Continue…</c>; data is buffered, and the sender is paused at the watermark.</summary>
    StopAllAndWatermark,
}

/// <summary>What happens after a filter has seen data.</summary>
public enum DataStatus
{
    /// <summary>The next filter gets it, with headers that were held back and data that was buffered in front of it.</summary>
    Continue,

    /// <summary>It is buffered; too much is answered with 413 (500 for responses).</summary>
    StopAndBuffer,

    /// <summary>It is buffered; the sender is paused at the watermark.</summary>
    StopAndWatermark,

    /// <summary>It is dropped: the filter has it, or nobody wants it.</summary>
    StopNoBuffer,
}

/// <summary>What happens after a filter has seen trailers.</summary>
public enum TrailersStatus
{
    /// <summary>The next filter gets them, with everything held back in front of them.</summary>
    Continue,

    /// <summary>They wait for <c>Continue…</c>.</summary>
    StopIteration,
}
