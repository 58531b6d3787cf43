using System.Net.Sockets;
using Proxy.Buffers;
using Proxy.Connections;

namespace Proxy.Workers.Sockets;

internal sealed partial class SocketConnection
{
    private const int CopyBytes = 4 * BufferPool.BlockSize;

    private SocketAsyncEventArgs? _send;
    private byte[]? _copy; // being sent
    private int _sentAhead; // bytes of the queue's front that went out with the copy
    private bool _sendFailed;

    protected override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_copy is not null || _sendFailed)
        {
            return 0;
        }

        var taken = Math.Min(_sentAhead, first.Length + second.Length);
        _sentAhead -= taken;
        taken += SendSome(first[Math.Min(taken, first.Length)..]);
        if (taken >= first.Length)
        {
            taken += SendSome(second[(taken - first.Length)..]);
        }

        if (taken < first.Length + second.Length && !_sendFailed)
        {
            SendCopy(first, second, taken);
        }

        return taken;
    }

    protected override void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Already broken; reading finds out.
        }
    }

    private int SendSome(ReadOnlySpan<byte> data)
    {
        var sent = 0;
        while (sent < data.Length && !_sendFailed)
        {
            var count = _socket.Send(data[sent..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            if (error != SocketError.Success)
            {
                OnSendFailed();
                break;
            }

            sent += count;
        }

        return sent;
    }

    // The queue keeps its bytes until they are sent: what went out with the copy is left out when it offers them again.
    private void SendCopy(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int from)
    {
        _copy = Worker.Buffers.Rent(CopyBytes);
        var fromFirst = first[Math.Min(from, first.Length)..];
        fromFirst = fromFirst[..Math.Min(fromFirst.Length, _copy.Length)];
        var fromSecond = second[Math.Max(0, from - first.Length)..];
        fromSecond = fromSecond[..Math.Min(fromSecond.Length, _copy.Length - fromFirst.Length)];
        fromFirst.CopyTo(_copy);
        fromSecond.CopyTo(_copy.AsSpan(fromFirst.Length));
        if (_send is null)
        {
            _send = new SocketAsyncEventArgs(true) { UserToken = this };
            _send.Completed += static (_, arguments) => PostTo(arguments, static self => ((SocketConnection)self!).OnSendCompleted());
        }

        _send.SetBuffer(_copy, 0, fromFirst.Length + fromSecond.Length);
        if (!_socket.SendAsync(_send))
        {
            PostTo(_send, static self => ((SocketConnection)self!).OnSendCompleted());
        }
    }

    private void OnSendCompleted()
    {
        Worker.Buffers.Return(_copy!);
        _copy = null;
        if (State == ConnectionState.Closed)
        {
            _send!.Dispose();
            _worker.Released(this);
        }
        else if (_send!.SocketError != SocketError.Success)
        {
            OnSendFailed();
        }
        else
        {
            _sentAhead += _send.BytesTransferred;
            OnTransportWritable();
        }
    }

    // What the peer has sent before it broke the connection is still to be read: an early answer to a request, most of the time.
    private void OnSendFailed()
    {
        _sendFailed = true;
        _readable = true;
        QueueTurn();
    }
}
