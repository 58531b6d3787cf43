using System.Net;
using System.Net.Sockets;

namespace Proxy.Workers.Simulated;

/// <summary>A listening socket of the simulated network; what is not accepted waits in it.</summary>
internal sealed class SimulatedListenSocket : IListenSocket
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedWorker _worker;
    private readonly IAcceptHandler _handler;
    private readonly Queue<PendingConnection> _backlog = new();
    private bool _accepting = true;
    private bool _closed;

    public SimulatedListenSocket(SimulatedNetwork network, SimulatedWorker worker, ListenRequest request, EndPoint bound, IAcceptHandler handler)
    {
        _network = network;
        _worker = worker;
        _handler = handler;
        Request = request;
        LocalEndPoint = bound;
    }

    public EndPoint LocalEndPoint { get; }

    public ListenRequest Request { get; }

    public bool IsWildcardFor(IPEndPoint target)
    {
        if (LocalEndPoint is not IPEndPoint bound || bound.Port != target.Port)
        {
            return false;
        }

        return target.AddressFamily == AddressFamily.InterNetworkV6
            ? bound.Address.Equals(IPAddress.IPv6Any)
            : bound.Address.Equals(IPAddress.Any) || (Request.DualStack && bound.Address.Equals(IPAddress.IPv6Any));
    }

    public void SetAccepting(bool accepting)
    {
        _worker.AssertCurrent();
        _accepting = accepting;
        ScheduleAccept();
    }

    public void Close()
    {
        _worker.AssertCurrent();
        if (_closed)
        {
            return;
        }

        _closed = true;
        _network.Remove(this);
        while (_backlog.TryDequeue(out var pending))
        {
            pending.Drop();
        }
    }

    public void Enqueue(PendingConnection pending)
    {
        _backlog.Enqueue(pending);
        ScheduleAccept();
    }

    private void ScheduleAccept()
    {
        _worker.Post(static self => ((SimulatedListenSocket)self!).AcceptOne(), this);
    }

    private void AcceptOne()
    {
        if (!_accepting || !_backlog.TryDequeue(out var pending))
        {
            return;
        }

        if (Request.Balancer is { } balancer && balancer.Choose(_worker) is SimulatedWorker chosen && chosen != _worker)
        {
            chosen.Post(() => HandOver(chosen, balancer, pending));
        }
        else
        {
            _handler.OnAccepted(_network.Accept(_worker, pending));
        }

        if (_backlog.Count > 0)
        {
            ScheduleAccept();
        }
    }

    private void HandOver(SimulatedWorker chosen, IAcceptBalancer balancer, PendingConnection pending)
    {
        if (balancer.HandlerOn(chosen) is { } handler)
        {
            handler.OnAccepted(_network.Accept(chosen, pending));
        }
        else
        {
            pending.Drop();
        }
    }
}
