namespace Proxy.Workers.Epoll;

/// <remarks>
/// Events are handled in batches of three steps: receive from every socket, call every handler, send what they wrote. The proxy's own code then finds its
/// instructions and address translations in the processor's caches from one handler to the next, and the calls of one step enter the kernel together
/// where it has io_uring.
/// </remarks>
internal sealed unsafe partial class EpollWorker
{
    private const int BatchSize = SystemCallRing.Capacity; // for each of them a block of the buffer pool is held

    private readonly Queue<EpollConnection> _postponed = new();
    private readonly EpollConnection[] _batch = new EpollConnection[BatchSize];
    private SystemCallRing? _ring;

    /// <summary>Calls <see cref="EpollConnection.FlushPostponed"/> when the batch is through, before the loop waits again.</summary>
    public void PostponeFlush(EpollConnection connection) => _postponed.Enqueue(connection);

    private void DispatchEvents(int count)
    {
        for (var start = 0; start < count; start += BatchSize)
        {
            var end = Math.Min(start + BatchSize, count);
            if (end - start > 1)
            {
                FetchBatch(start, end);
            }

            DispatchBatch(start, end);
        }

        SendPostponed();
    }

    private void FetchBatch(int start, int end)
    {
        var count = 0;
        for (var i = start; i < end; i++)
        {
            var token = _events.TokenOf(i);
            if (token == WakeToken || _slots.Find(token) is not EpollConnection connection || !connection.CanFetch(_events.FlagsOf(i)))
            {
                continue;
            }

            if (_ring is null)
            {
                connection.Fetch();
            }
            else
            {
                connection.AddFetch(_ring);
                _batch[count++] = connection;
            }
        }

        if (count > 0)
        {
            var results = Submit();
            for (var i = 0; i < count; i++)
            {
                _batch[i].EndFetch(results[i]);
            }
        }
    }

    private void DispatchBatch(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var token = _events.TokenOf(i);
            if (token == WakeToken)
            {
                _postsArrived = true;
            }
            else if (_slots.Find(token) is { } target)
            {
                Dispatch(target, _events.FlagsOf(i));
            }
        }
    }

    private void SendPostponed()
    {
        while (_postponed.Count > 0)
        {
            var count = Math.Min(_postponed.Count, BatchSize);
            for (var i = 0; i < count; i++)
            {
                _batch[i] = _postponed.Dequeue();
            }

            var batch = _batch.AsSpan(0, count);
            if (_ring is not null && count > 1)
            {
                SendTogether(batch);
            }

            foreach (var connection in batch)
            {
                FinishFlush(connection);
            }
        }
    }

    // No callback runs before all results are noted: it could write again to a connection whose bytes have gone already.
    private void SendTogether(ReadOnlySpan<EpollConnection> batch)
    {
        var sends = 0u;
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].TryAddSend(_ring!))
            {
                sends |= 1u << i;
            }
        }

        var results = Submit();
        var next = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            if ((sends & (1u << i)) != 0)
            {
                batch[i].EndSend(results[next++]);
            }
        }
    }

    private void FinishFlush(EpollConnection connection)
    {
        try
        {
            connection.FlushPostponed();
            RunDeferred();
        }
        catch (Exception exception)
        {
            OnFault(connection, exception);
        }
    }

    private ReadOnlySpan<int> Submit()
    {
        var results = _ring!.Submit();
        if (_ring.IsBroken)
        {
            _ring.Dispose();
            _ring = null;
        }

        return results;
    }
}
