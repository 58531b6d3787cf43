using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Stats;

namespace Proxy.Filters.Network.ConnectionLimit;

/// <summary>What the connections of one configured limit share: their number above all.</summary>
internal sealed class ConnectionLimitModel
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Limited = Schema.Counter("limited_connections");
    public static readonly GaugeId Active = Schema.Gauge("active_connections");

    private readonly long _max;
    private readonly RuntimeFlagConfig _enabled;
    private readonly RuntimeSnapshot _runtime;
    private long _count;

    public ConnectionLimitModel(ConnectionLimitConfig config, FilterFactoryContext context)
    {
        _max = config.MaxConnections;
        DelayMilliseconds = config.Delay is { } delay ? (long)delay.TotalMilliseconds : 0;
        _enabled = config.Enabled;
        _runtime = context.Runtime;
        Stats = context.Stats.CreateGroup(Schema, $"connection_limit.{config.StatPrefix}.");
    }

    public StatGroup Stats { get; }

    /// <summary>0 closes at once.</summary>
    public long DelayMilliseconds { get; }

    public bool IsEnabled => _enabled.IsOn(_runtime);

    /// <summary>Takes a place; false when there is none. From any worker, once a connection.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= _max)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
