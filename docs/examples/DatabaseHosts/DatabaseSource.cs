using System.Net;
using System.Threading.Channels;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Resources;

namespace DatabaseHosts;

/// <summary>Tells the proxy which hosts the table has: reads it now and then, and speaks up when something is different.</summary>
/// <param name="table">The table.</param>
/// <param name="interval">Time between two looks.</param>
/// <param name="time">The clock.</param>
public sealed class DatabaseSource(HostTable table, TimeSpan interval, TimeProvider time) : IConfigSource
{
    public string Name => "database";

    public async Task WatchAsync(ConfigWatch watch, ChannelWriter<ConfigUpdate> updates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(watch);
        ArgumentNullException.ThrowIfNull(updates);
        if (watch.Kind != ResourceKind.Endpoints)
        {
            throw new NotSupportedException("the table has hosts only");
        }

        await Task.Yield(); // queries may take their time, which the proxy's main thread has not
        using var timer = new PeriodicTimer(interval, time);
        var last = "";
        do
        {
            var rows = watch.Names.ToDictionary(static service => service, table.Read);
            var version = string.Join("; ", rows.Select(static service => $"{service.Key}: {string.Join(", ", service.Value)}"));
            if (version != last)
            {
                last = version;
                updates.TryWrite(new ConfigUpdate(version, rows.ToDictionary(static service => service.Key, static object (service) => ToAssignment(service.Key, service.Value))));
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static EndpointAssignmentConfig ToAssignment(string service, IReadOnlyList<HostRow> rows)
    {
        var hosts = rows.Select(static row => new EndpointConfig(AddressConfig.Of(IPAddress.Parse(row.Address), row.Port)) { Weight = (uint)row.Weight });
        return new EndpointAssignmentConfig(service) { Endpoints = [new LocalityEndpointsConfig { Endpoints = hosts.ToConfigList() }] };
    }
}
