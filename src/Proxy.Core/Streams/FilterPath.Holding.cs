using Proxy.Buffers;

namespace Proxy.Streams;

// What waits at a filter, and how it gets going again.
internal abstract partial class FilterPath
{
    private static ByteQueue? NullIfEmpty(ByteQueue? queue) => queue is { IsEmpty: false } ? queue : null;

    private void Release(int place)
    {
        ref var state = ref _states[place];
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
