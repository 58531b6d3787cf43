using Proxy.Connections;

namespace Proxy.Tls;

internal sealed partial class TlsConnection
{
    private void ReceiveKept()
    {
        _receiveQueued = false;
        if (!_receiving)
        {
            Receive(default);
        }
    }

    // Answers how many bytes are used. Those that are not wait in the inner connection until the owner reads again.
    private int Receive(ReadOnlySpan<byte> data)
    {
        var rest = data;
        _receiving = true;
        while (State != ConnectionState.Closed && !ReadEnded && (_secured ? Decrypt(ref rest) : GoOnWithHandshake(ref rest)))
        {
        }

        _receiving = false;
        ReleaseIdleBuffer();
        return ReadEnded || State == ConnectionState.Closed ? data.Length : data.Length - rest.Length;
    }

    // Both answer whether there may be more to do.
    private bool GoOnWithHandshake(ref ReadOnlySpan<byte> data)
    {
        var status = _session.Handshake(data, out var used, _output);
        data = data[used..];
        SendOutput();
        switch (status)
        {
            case TlsStatus.Done:
                OnSecured();
                return true;
            case TlsStatus.NeedsInput:
                return false;
            default:
                Fail();
                return false;
        }
    }

    private bool Decrypt(ref ReadOnlySpan<byte> data)
    {
        if (!WantsRead)
        {
            return false;
        }

        var status = _session.Read(data, out var used, GetReadSpan(), out var count, _output);
        data = data[used..];
        SendOutput();
        if (count > 0)
        {
            OnReceived(count);
        }

        if (State == ConnectionState.Closed || status == TlsStatus.NeedsInput)
        {
            return false;
        }

        if (status == TlsStatus.Ended)
        {
            OnReceivedEnd();
        }
        else if (status == TlsStatus.Failed)
        {
            Fail();
        }

        return status == TlsStatus.Done;
    }

    private void OnSecured()
    {
        _secured = true;
        _handshakeTimer?.Cancel();
        Info.Tls = _session.Describe();
        Info.SecuredMicroseconds = Worker.NowMicroseconds;
        _observer.OnSecured(this, _session);
        if (State == ConnectionState.Connecting)
        {
            OnTransportConnected();
        }
        else
        {
            OnTransportWritable();
        }

        if (State != ConnectionState.Closed)
        {
            OnReadInterestChanged(WantsRead);
        }
    }

    private void Fail()
    {
        _observer.OnFailed(this, _session);
        Info.TransportFailureReason = _session.FailureReason;
        OnTransportFailed(State == ConnectionState.Connecting
            ? new CloseReason(CloseOrigin.Remote, CloseKind.ConnectFailed)
            : Connections.CloseReason.RemoteClose);
    }
}
