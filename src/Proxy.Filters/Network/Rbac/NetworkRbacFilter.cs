using Proxy.Connections;
using Proxy.Filters.AccessControl;
using Proxy.Matching;
using Proxy.Workers;

namespace Proxy.Filters.Network.Rbac;

/// <summary>Admits connections or closes them, with their first bytes (Envoy <c>network.rbac.v3.RBAC</c>).</summary>
internal sealed class NetworkRbacFilter(NetworkRbacModel model, Worker worker) : NetworkFilter
{
    private const string Metadata = "envoy.filters.network.rbac";

    private WorkerTimer? _delay;
    private bool _isDecided;
    private bool _isDenied;

    public override FilterStatus OnData(ref StreamChunk chunk)
    {
        if (_isDenied)
        {
            return FilterStatus.StopIteration;
        }

        if (_isDecided && !model.IsContinuous)
        {
            return FilterStatus.Continue;
        }

        _isDecided = true;
        var info = Connection.Info;
        var data = new MatchData { Worker = worker, Connection = info };
        model.Shadow?.Apply(data, info.DynamicMetadata, Metadata);
        if (model.Enforced?.Apply(data, info.DynamicMetadata, Metadata) is { IsAllowed: false } verdict)
        {
            Deny(verdict);
            return FilterStatus.StopIteration;
        }

        return FilterStatus.Continue;
    }

    public override void OnClosed(CloseReason reason) => _delay?.Cancel();

    private void Deny(in Verdict verdict)
    {
        _isDenied = true;
        if (model.DelayDeny == 0)
        {
            Connection.Close(CloseMode.Immediate, AccessRules.Details(verdict));
            return;
        }

        var details = AccessRules.Details(verdict);
        _delay = worker.CreateTimer(static state => ((Action)state!)(), (Action)(() => Connection.Close(CloseMode.Immediate, details)));
        _delay.Arm(model.DelayDeny);
    }
}
