namespace Proxy.Workers.Epoll;

/// <summary>Several receives or sends with one entry into the kernel, by way of an io_uring.</summary>
/// <remarks>
/// The ring is no event loop here: every call is made as one that does not block, so it is over when <see cref="Submit"/> returns, and nothing is ever
/// under way behind the caller's back. One thread makes and uses it.
/// </remarks>
internal sealed unsafe class SystemCallRing : IDisposable
{
    /// <summary>Most calls at a time.</summary>
    public const int Capacity = 32;

    /// <summary>Result of a call that was not made.</summary>
    public const int NotDone = int.MinValue;

    private readonly int[] _results = new int[Capacity];
    private readonly int _ring;
    private readonly byte* _memory;
    private readonly nuint _memoryBytes;
    private readonly IoUring.Submission* _submissions;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint _submissionMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly IoUring.Completion* _completions;
    private bool _disposed;

    private SystemCallRing(int ring, in IoUring.Parameters parameters, byte* memory, nuint memoryBytes, byte* submissions)
    {
        _ring = ring;
        _memory = memory;
        _memoryBytes = memoryBytes;
        _submissions = (IoUring.Submission*)submissions;
        _submissionHead = (uint*)(memory + parameters.Submissions.Head);
        _submissionTail = (uint*)(memory + parameters.Submissions.Tail);
        _submissionMask = *(uint*)(memory + parameters.Submissions.RingMask);
        _completionHead = (uint*)(memory + parameters.Completions.Head);
        _completionTail = (uint*)(memory + parameters.Completions.Tail);
        _completionMask = *(uint*)(memory + parameters.Completions.RingMask);
        _completions = (IoUring.Completion*)(memory + parameters.Completions.Array);
        var order = (uint*)(memory + parameters.Submissions.Array);
        for (var i = 0u; i < parameters.SubmissionEntries; i++)
        {
            order[i] = i;
        }
    }

    /// <summary>Calls added since the last <see cref="Submit"/>.</summary>
    public int Count { get; private set; }

    /// <summary>True after the kernel has refused a submission; make calls one by one from then on.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>A ring for the current thread, or null where the kernel has none, or does not let this process have one.</summary>
    public static SystemCallRing? TryCreate()
    {
        var parameters = new IoUring.Parameters { Flags = IoUring.SubmitAll | IoUring.SingleIssuer | IoUring.DeferTaskRun };
        var ring = (int)Libc.SystemCall(IoUring.SetupCall, Capacity, (nint)(&parameters), 0, 0, 0, 0);
        if (ring < 0)
        {
            return null;
        }

        var bytes = Math.Max(
            parameters.Submissions.Array + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.Completions.Array + (parameters.CompletionEntries * (uint)sizeof(IoUring.Completion)));
        var memory = (parameters.Features & IoUring.SingleMapping) != 0 ? Map(ring, bytes, IoUring.RingOffset) : null;
        var submissionBytes = parameters.SubmissionEntries * (uint)sizeof(IoUring.Submission);
        var submissions = memory != null ? Map(ring, submissionBytes, IoUring.SubmissionsOffset) : null;
        if (submissions != null)
        {
            return new SystemCallRing(ring, parameters, memory, bytes, submissions);
        }

        if (memory != null)
        {
            _ = Libc.Unmap(memory, bytes);
        }

        _ = Libc.Close(ring);
        return null;
    }

    /// <summary>Adds <c>recv</c>. The memory must not move before <see cref="Submit"/> returns.</summary>
    public void AddReceive(int fd, byte* buffer, int length) => Add(IoUring.Receive, fd, buffer, length, SocketConstants.DontWait);

    /// <summary>Adds <c>send</c>. The memory must not move before <see cref="Submit"/> returns.</summary>
    public void AddSend(int fd, byte* data, int length)
    {
        Add(IoUring.Send, fd, data, length, SocketConstants.DontWait | SocketConstants.NoSignal);
    }

    /// <summary>Makes the calls.</summary>
    /// <returns>What each has returned, in the order they were added: a count, the number of its error below zero, or <see cref="NotDone"/>. Valid until the
    /// next call.</returns>
    public ReadOnlySpan<int> Submit()
    {
        var count = Count;
        Count = 0;
        _results.AsSpan(0, count).Fill(NotDone);
        var left = count;
        while (left > 0)
        {
            var unsubmitted = *_submissionTail - Volatile.Read(ref *_submissionHead);
            if (Libc.SystemCall(IoUring.EnterCall, _ring, (nint)unsubmitted, left, IoUring.GetEvents, 0, 0) < 0 && *Libc.ErrnoLocation() != Errno.Interrupted)
            {
                IsBroken = true;
                Volatile.Write(ref *_submissionTail, *_submissionHead);
                TakeCompletions();
                break;
            }

            left -= TakeCompletions();
        }

        return _results.AsSpan(0, count);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = Libc.Unmap(_submissions, (_submissionMask + 1) * (nuint)sizeof(IoUring.Submission));
            _ = Libc.Unmap(_memory, _memoryBytes);
            _ = Libc.Close(_ring);
        }
    }

    private static byte* Map(int ring, nuint bytes, long offset)
    {
        var memory = Libc.Map(null, bytes, IoUring.ReadWrite, IoUring.SharedPopulated, ring, offset);
        return (nint)memory == -1 ? null : (byte*)memory;
    }

    private void Add(byte operation, int fd, byte* memory, int length, int flags)
    {
        var tail = *_submissionTail;
        _submissions[tail & _submissionMask] = new IoUring.Submission
        {
            Operation = operation,
            Descriptor = fd,
            Address = (ulong)memory,
            Length = (uint)length,
            MessageFlags = (uint)flags,
            UserData = (ulong)Count++,
        };
        Volatile.Write(ref *_submissionTail, tail + 1);
    }

    private int TakeCompletions()
    {
        var head = *_completionHead;
        var count = (int)(Volatile.Read(ref *_completionTail) - head);
        for (var i = 0; i < count; i++)
        {
            ref var completion = ref _completions[(head + (uint)i) & _completionMask];
            _results[(int)completion.UserData] = completion.Result;
        }

        Volatile.Write(ref *_completionHead, head + (uint)count);
        return count;
    }
}
