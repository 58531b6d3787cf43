using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Proxy.Connections;

namespace Proxy.Workers.Epoll;

internal sealed unsafe partial class EpollConnection
{
    private bool _sendBlocked; // the socket takes no bytes until the kernel says so
    private bool _sendFailed;
    private bool _flushPostponed;
    private int _adding;
    private bool _sentAhead;

    /// <summary>Adds the send of what is queued, if one call can do it; <see cref="EndSend"/> follows.</summary>
    public bool TryAddSend(SystemCallRing ring)
    {
        if (_sendBlocked || _sendFailed || State is not (ConnectionState.Open or ConnectionState.Closing) || !TryPeekOutput(out var data))
        {
            return false;
        }

        ring.AddSend(_fd, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data)), data.Length); // of pinned blocks
        _adding = data.Length;
        return true;
    }

    /// <summary>Notes what the call has sent, and calls nobody.</summary>
    public void EndSend(int result)
    {
        if (result >= 0)
        {
            _sendBlocked = result < _adding;
            _sentAhead = result > 0;
            NoteSent(result);
        }
        else if (result != SystemCallRing.NotDone)
        {
            OnSendError(-result);
        }
    }

    /// <summary>Sends what the callbacks of the batch have written and no <see cref="EndSend"/> has accounted for.</summary>
    public void FlushPostponed()
    {
        _flushPostponed = false;
        var sent = _sentAhead;
        _sentAhead = false;
        ContinueFlush(sent);
    }

    private protected override bool PostponesFlush()
    {
        if (!_flushPostponed)
        {
            _flushPostponed = true;
            _worker.PostponeFlush(this);
        }

        return true;
    }

    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        while (!_sendBlocked && !_sendFailed)
        {
            var sent = second.IsEmpty ? Send(first) : Send(first, second);
            if (sent >= 0)
            {
                _sendBlocked = sent < first.Length + second.Length;
                return (int)sent;
            }

            OnSendError(_worker.LastError);
        }

        return 0;
    }

    protected override void ShutdownSend()
    {
        _ = Libc.Shutdown(_fd, SocketConstants.ShutdownSend);
    }

    // What the peer has sent before it broke the connection is still to be read: an early answer to a request, most of the time.
    private void OnSendError(int error)
    {
        switch (error)
        {
            case Errno.Interrupted:
                break;
            case Errno.TryAgain:
                _sendBlocked = true;
                break;
            default:
                _sendFailed = _failed = _ending = _readable = true;
                QueueTurn();
                break;
        }
    }

    private nint Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* pointer = data)
        {
            return Libc.Send(_fd, pointer, (nuint)data.Length, SocketConstants.NoSignal);
        }
    }

    private nint Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* one = first, two = second)
        {
            var vectors = stackalloc Libc.IoVector[2];
            vectors[0] = new Libc.IoVector { Base = one, Length = (nuint)first.Length };
            vectors[1] = new Libc.IoVector { Base = two, Length = (nuint)second.Length };
            var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = 2 };
            return Libc.SendMessage(_fd, &message, SocketConstants.NoSignal);
        }
    }
}
