using Proxy.Connections;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.Network.ConnectionLimit;

/// <summary>Closes connections that are too many, perhaps after a while.</summary>
internal sealed class ConnectionLimitFilter : NetworkFilter
{
    private readonly ConnectionLimitModel _model;
    private readonly Worker _worker;
    private readonly StatShard _stats;
    private WorkerTimer? _delay;
    private bool _entered;
    private bool _refused;

    public ConnectionLimitFilter(ConnectionLimitModel model, Worker worker)
    {
        _model = model;
        _worker = worker;
        _stats = model.Stats.Shard(worker);
    }

    public override FilterStatus OnNewConnection()
    {
        _stats.Increment(ConnectionLimitModel.Active);
        if (!_model.IsEnabled || (_entered = _model.TryEnter()))
        {
            return FilterStatus.Continue;
        }

        _refused = true;
        _stats.Increment(ConnectionLimitModel.Limited);
        if (_model.DelayMilliseconds > 0)
        {
            _delay = _worker.CreateTimer(static self => ((ConnectionLimitFilter)self!).Refuse(), this);
            _delay.Arm(_model.DelayMilliseconds);
        }
        else
        {
            Refuse();
        }

        return FilterStatus.StopIteration;
    }

    public override FilterStatus OnData(ref StreamChunk chunk)
    {
        if (!_refused)
        {
            return FilterStatus.Continue;
        }

        chunk.Consume(chunk.Bytes.Length); // nobody is going to use them, and a client that floods is not to fill memory
        return FilterStatus.StopIteration;
    }

    public override void OnClosed(CloseReason reason)
    {
        _delay?.Cancel();
        _stats.Decrement(ConnectionLimitModel.Active);
        if (_entered)
        {
            _model.Leave();
        }
    }

    private void Refuse() => Connection.Close(CloseMode.Immediate, "over_connection_limit");
}
