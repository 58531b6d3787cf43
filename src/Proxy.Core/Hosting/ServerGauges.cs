using Proxy.Listeners;
using Proxy.Stats;
using Proxy.Tls;

namespace Proxy.Hosting;

/// <summary>Gauges of a proxy that change by themselves: brought up to date when somebody looks. On main.</summary>
internal sealed class ServerGauges(ProxyServer server, ListenerManager listeners, StatShard stats)
{
    public void Publish()
    {
        stats.Set(ServerStats.Concurrency, server.Workers.Workers.Count);
        stats.Set(ServerStats.HotRestartEpoch, server.Description.RestartEpoch);
        stats.Set(ServerStats.TotalConnections, listeners.CountConnections());
        var expiry = FirstExpiry.Of(server.TlsContexts, server.Now);
        stats.Set(ServerStats.FirstCertificateExpiry, expiry.DaysOfCertificates);
        stats.Set(ServerStats.FirstStapleExpiry, expiry.SecondsOfStaples);
        stats.Set(ServerStats.Uptime, (long)server.Uptime.TotalSeconds);
        stats.Set(ServerStats.MemoryAllocated, GC.GetTotalMemory(forceFullCollection: false));
        stats.Set(ServerStats.MemoryHeapSize, GC.GetGCMemoryInfo().HeapSizeBytes);
        stats.Set(ServerStats.MemoryPhysicalSize, Environment.WorkingSet);
    }
}
