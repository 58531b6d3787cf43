using Proxy.Buffers;
using Proxy.Http;

namespace Proxy.Streams;

/// <summary>One direction of a stream through its filters: who has seen what, and what is held where.</summary>
/// <remarks>
/// Places are numbered in the order in which this direction runs. A call into a filter may end the stream or answer it; every loop looks at
/// <see cref="IsAborted"/> afterwards. Nothing is recycled before the callback has unwound.
/// </remarks>
internal abstract class FilterPath
{
    private readonly PathState[] _states;
    private HeaderMap? _headers;
    private HeaderMap? _trailers;
    private long _buffered;
    private bool _paused;

    protected FilterPath(HttpFilterChain chain, int count)
    {
        Chain = chain;
        _states = new PathState[count];
    }

    protected HttpFilterChain Chain { get; }

    /// <summary>The head; null until it has come.</summary>
    public HeaderMap? Headers => _headers;

    /// <summary>True when what comes is of no use any more: the stream is over, or another answer has taken the place of this one.</summary>
    public bool IsAborted => AbortRequested || Chain.IsOver;

    protected bool AbortRequested { get; private set; }

    /// <summary>Bytes held at all filters together.</summary>
    protected long Buffered => _buffered;

    /// <summary>Drops what follows.</summary>
    public void Abort() => AbortRequested = true;

    /// <summary>The head comes in at <paramref name="place"/>.</summary>
    public void BeginHeaders(int place, HeaderMap headers, bool endStream)
    {
        if (!IsAborted)
        {
            _headers = headers;
            PassHeaders(place, endStream);
        }
    }

    /// <summary>Body comes in at <paramref name="place"/>.</summary>
    public void BeginData(int place, ReadOnlySpan<byte> bytes, bool endStream)
    {
        if (!IsAborted)
        {
            PassData(place, bytes, endStream);
        }
    }

    /// <summary>Trailers come in at <paramref name="place"/>.</summary>
    public void BeginTrailers(int place, HeaderMap trailers)
    {
        if (!IsAborted)
        {
            _trailers = trailers;
            PassTrailers(place);
        }
    }

    /// <summary>The filter at <paramref name="place"/> lets go of what it has stopped.</summary>
    public void Continue(int place)
    {
        if (IsAborted)
        {
            return;
        }

        ref var state = ref _states[place];
        if (state.InCall)
        {
            state.ContinueRequested = true;
            return;
        }

        var stop = state.Stop;
        state.Stop = FilterStop.None;
        if (stop == FilterStop.All)
        {
            ReleaseInput(place);
        }
        else if (state.HeadersSeen)
        {
            Flush(place);
        }
    }

    /// <summary>The filter at <paramref name="place"/> sends body of its own making to those behind it.</summary>
    public void Inject(int place, ReadOnlySpan<byte> bytes, bool endStream)
    {
        ref var state = ref _states[place];
        if (IsAborted || !state.HeadersSeen || state.EndPassed || !PassHeldHeaders(place))
        {
            return;
        }

        state.EndPassed = endStream;
        PassData(place + 1, bytes, endStream);
    }

    /// <summary>What the filter at <paramref name="place"/> holds; null when nothing.</summary>
    public ByteQueue? HeldAt(int place)
    {
        ref var state = ref _states[place];
        return state.Stop == FilterStop.All ? NullIfEmpty(state.Input) : NullIfEmpty(state.Held);
    }

    /// <summary>Forgets the stream.</summary>
    public virtual void Reset()
    {
        foreach (ref var state in _states.AsSpan())
        {
            state.Reset();
        }

        _headers = _trailers = null;
        _buffered = 0;
        _paused = false;
        AbortRequested = false;
    }

    protected abstract bool IsActive(int place);

    protected abstract HeadersStatus CallHeaders(int place, HeaderMap headers, bool endStream);

    protected abstract DataStatus CallData(int place, ref BodyChunk chunk);

    protected abstract TrailersStatus CallTrailers(int place, HeaderMap trailers);

    protected abstract void SinkHeaders(HeaderMap headers, bool endStream);

    protected abstract void SinkData(ReadOnlySpan<byte> bytes, bool endStream);

    protected abstract void SinkTrailers(HeaderMap trailers);

    /// <summary>Stops or resumes whoever sends in this direction.</summary>
    protected abstract void PauseSource(bool pause);

    /// <summary>More is held than may be.</summary>
    protected abstract void OnTooLarge();

    private static ByteQueue? NullIfEmpty(ByteQueue? queue) => queue is { IsEmpty: false } ? queue : null;

    private static bool TakeContinue(ref PathState state)
    {
        var requested = state.ContinueRequested;
        state.ContinueRequested = false;
        return requested;
    }

    private void PassHeaders(int place, bool end)
    {
        for (; place < _states.Length; place++)
        {
            if (!IsActive(place))
            {
                continue;
            }

            ref var state = ref _states[place];
            state.HeadersSeen = true;
            state.EndSeen = end;
            state.InCall = true;
            var status = CallHeaders(place, _headers!, end);
            state.InCall = false;
            if (IsAborted)
            {
                return;
            }

            if (!TakeContinue(ref state) && status != HeadersStatus.Continue)
            {
                state.Stop = status == HeadersStatus.StopIteration ? FilterStop.Behind : FilterStop.All;
                state.PausesWhenFull = status == HeadersStatus.StopAllAndWatermark;
                return;
            }

            if (state.HeadersPassed)
            {
                Flush(place); // the filter has injected body, and the head went in front of it
                return;
            }

            state.HeadersPassed = true;
            state.EndPassed = end;
        }

        SinkHeaders(_headers!, end);
    }

    private void PassData(int place, ReadOnlySpan<byte> bytes, bool end)
    {
        for (; place < _states.Length; place++)
        {
            if (!IsActive(place))
            {
                continue;
            }

            ref var state = ref _states[place];
            if (state.Stop == FilterStop.All)
            {
                state.InputEnd |= end;
                Hold(ref state.Input, bytes, state.PausesWhenFull);
                return;
            }

            if (state.EndSeen || !TryCallData(place, ref bytes, end) || !FlushInFront(place) || state.EndPassed)
            {
                return;
            }

            state.EndPassed = end;
        }

        SinkData(bytes, end);
    }

    private bool TryCallData(int place, ref ReadOnlySpan<byte> bytes, bool end)
    {
        ref var state = ref _states[place];
        var chunk = new BodyChunk(bytes, end);
        state.EndSeen = end;
        state.InCall = true;
        var status = CallData(place, ref chunk);
        state.InCall = false;
        bytes = chunk.Bytes;
        if (IsAborted)
        {
            return false;
        }

        if (TakeContinue(ref state) || status == DataStatus.Continue)
        {
            state.Stop = FilterStop.None;
            return true;
        }

        state.Stop = FilterStop.Behind;
        if (status != DataStatus.StopNoBuffer)
        {
            Hold(ref state.Held, bytes, pauses: status == DataStatus.StopAndWatermark);
        }

        return false;
    }

    private void PassTrailers(int place)
    {
        for (; place < _states.Length; place++)
        {
            if (!IsActive(place))
            {
                continue;
            }

            ref var state = ref _states[place];
            if (state.Stop == FilterStop.All)
            {
                state.InputTrailers = true;
                return;
            }

            if (state.EndSeen || !TryCallTrailers(place) || !FlushInFront(place) || state.EndPassed)
            {
                return;
            }

            state.TrailersPassed = true;
            state.EndPassed = true;
        }

        SinkTrailers(_trailers!);
    }

    private bool TryCallTrailers(int place)
    {
        ref var state = ref _states[place];
        state.EndSeen = true;
        state.TrailersSeen = true;
        state.InCall = true;
        var status = CallTrailers(place, _trailers!);
        state.InCall = false;
        if (IsAborted)
        {
            return false;
        }

        if (TakeContinue(ref state) || status == TrailersStatus.Continue)
        {
            state.Stop = FilterStop.None;
            return true;
        }

        state.Stop = FilterStop.Behind;
        return false;
    }

    // The head goes on at once; the body that waited has not been seen by this filter and starts with it.
    private void ReleaseInput(int place)
    {
        ref var state = ref _states[place];
        if (!PassHeldHeaders(place, end: state.EndSeen))
        {
            return;
        }

        var end = state.InputEnd;
        if (state.Input is { IsEmpty: false } input)
        {
            if (!Drain(input, place, end))
            {
                return;
            }
        }
        else if (end)
        {
            PassData(place, default, end: true);
        }

        if (state.InputTrailers && !IsAborted)
        {
            PassTrailers(place);
        }
    }

    // Everything the filter has seen and held goes to the next one, with the end if it has seen that.
    private void Flush(int place)
    {
        ref var state = ref _states[place];
        var end = state.EndSeen && !state.TrailersSeen;
        var held = NullIfEmpty(state.Held);
        if (!PassHeldHeaders(place, end && held is null))
        {
            return;
        }

        if (held is not null)
        {
            state.EndPassed |= end;
            if (!Drain(held, place + 1, end))
            {
                return;
            }
        }

        if (end && !state.EndPassed)
        {
            state.EndPassed = true;
            PassData(place + 1, default, end: true);
        }
        else if (state.TrailersSeen && !state.TrailersPassed)
        {
            state.TrailersPassed = state.EndPassed = true;
            PassTrailers(place + 1);
        }
    }

    // What was held goes in front of what the filter has just let through; false when the stream did not survive it.
    private bool FlushInFront(int place)
    {
        ref var state = ref _states[place];
        return PassHeldHeaders(place) && (state.Held is not { IsEmpty: false } held || Drain(held, place + 1, endBehind: false));
    }

    private bool PassHeldHeaders(int place, bool end = false)
    {
        ref var state = ref _states[place];
        if (!state.HeadersPassed)
        {
            state.HeadersPassed = true;
            state.EndPassed |= end;
            PassHeaders(place + 1, end);
        }

        return !IsAborted;
    }

    private bool Drain(ByteQueue queue, int target, bool endBehind)
    {
        while (!queue.IsEmpty)
        {
            var run = queue.First;
            PassData(target, run, endBehind && run.Length == queue.Length);
            if (IsAborted)
            {
                return false;
            }

            _buffered -= run.Length;
            queue.Consume(run.Length);
        }

        // Only now: a source that answers the call with more bytes must find them in order.
        if (_paused && _buffered <= Chain.BufferLimit / 2)
        {
            _paused = false;
            PauseSource(false);
        }

        return !IsAborted;
    }

    private void Hold(ref ByteQueue? queue, ReadOnlySpan<byte> bytes, bool pauses)
    {
        queue ??= new ByteQueue(Chain.Worker.Buffers);
        queue.Append(bytes);
        _buffered += bytes.Length;
        if (_buffered <= Chain.BufferLimit)
        {
            return;
        }

        if (!pauses)
        {
            OnTooLarge();
        }
        else if (!_paused)
        {
            _paused = true;
            PauseSource(true);
        }
    }
}
