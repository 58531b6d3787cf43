using Proxy.Discovery.Xds.Grpc;
using Proxy.Resources;
using Proxy.Stats;

namespace Proxy.Discovery.Grpc;

/// <summary>Counts the streams of a control plane that no cluster leads to, under <c>grpc.PREFIX.</c> On main.</summary>
internal sealed class DirectStats
{
    private const int LastStatus = 16;
    private static readonly StatSchema Schema = new();
    private static readonly CounterId Streams = Schema.Counter("streams_total");
    private static readonly CounterId[] Closed = [.. Enumerable.Range(0, LastStatus + 1).Select(static status => Schema.Counter($"streams_closed_{status}"))];

    private readonly StatScope _scope;
    private readonly StatShard _shard;

    public DirectStats(string prefix, ResourceContext context)
    {
        _scope = context.Stats.CreateScope();
        _shard = _scope.CreateGroup(Schema, $"grpc.{prefix}.").Shard(context.Main);
    }

    /// <summary>Counts a call that begins now, and how it ends before <paramref name="handler"/> is told.</summary>
    public IRpcCallHandler Count(IRpcCallHandler handler)
    {
        _shard.Increment(Streams);
        return new Counting(_shard, handler);
    }

    public void Remove() => _scope.Remove();

    private sealed class Counting(StatShard shard, IRpcCallHandler inner) : IRpcCallHandler
    {
        public void OnMessage(IRpcCall call, byte[] message) => inner.OnMessage(call, message);

        public void OnEnded(IRpcCall call, int status, string details)
        {
            if (status is >= 0 and <= LastStatus)
            {
                shard.Increment(Closed[status]);
            }

            inner.OnEnded(call, status, details);
        }
    }
}
