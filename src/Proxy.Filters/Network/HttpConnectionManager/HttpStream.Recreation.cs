using Proxy.Buffers;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Workers;

namespace Proxy.Filters.Network.HttpConnectionManager;

// A request that goes through the filters again, because its upstream has sent it elsewhere.
internal sealed partial class HttpStream
{
    private ByteQueue? _bodyAgain;
    private Recreation? _recreation;
    private HeaderMap? _answerUnsent; // not null: another pass is about to begin
    private bool _clientSlow;

    public void Recreate(HeaderMap answer, ByteQueue body)
    {
        _answerUnsent = answer;
        _bodyAgain ??= new ByteQueue(Worker.Buffers);
        while (!body.IsEmpty)
        {
            var piece = body.First;
            _bodyAgain.Append(piece);
            body.Consume(piece.Length);
        }

        _chain.End();
        Worker.Defer(_recreation ??= new Recreation(this));
    }

    private void BeginAgain()
    {
        if (_codec is not { } codec || _answerUnsent is null)
        {
            return; // the client has gone: the stream ends as it is
        }

        _chain.Complete();
        Info.DownstreamWireReceived = codec.WireBytesReceived;
        Info.EndMicroseconds = Worker.NowMicroseconds;
        Log(AccessLogType.DownstreamEnd);
        _answerUnsent = null;
        RecycleChain();
        Info.BeginAgain();
        if (_clientSlow)
        {
            _chain.OnClientWatermark(above: true);
        }

        StopTimers();
        StartTimers();
        StopHeadersTimer();
        StopRequestTimer();
        CountRequest();
        StreamId = _worker.NextStreamId();
        _random = Worker.Random.Next();
        Info.RequestCompleteMicroseconds = Worker.NowMicroseconds;
        _routeResolved = false;
        if (IsAcceptable())
        {
            _model.Hosts.Apply(RequestHeaders, _connection.Peer.LocalPort);
            EnterChain(_bodyAgain!.IsEmpty);
            SendBodyAgain(_bodyAgain);
        }
    }

    // The last piece may bring the next redirect, and with it more to send in the pass after this one.
    private void SendBodyAgain(ByteQueue body)
    {
        var rest = body.Length;
        while (rest > 0)
        {
            var piece = body.First;
            var length = (int)Math.Min(piece.Length, rest);
            rest -= length;
            if (_chain.IsStarted)
            {
                _chain.OnRequestData(piece[..length], endStream: rest == 0);
            }

            body.Consume(length);
        }
    }

    private sealed class Recreation(HttpStream stream) : IDeferred
    {
        public void Run() => stream.BeginAgain();
    }
}
