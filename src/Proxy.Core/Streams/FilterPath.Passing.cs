namespace Proxy.Streams;

// From filter to filter, as far as it gets.
internal abstract partial class FilterPath
{
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
}
