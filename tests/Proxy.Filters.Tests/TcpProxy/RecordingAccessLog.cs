using System.Globalization;
using Proxy.Configuration;
using Proxy.Observability;

namespace Proxy.Filters.Tests.TcpProxy;

/// <summary>Keeps <c>type|flags|received|sent|upstream received|upstream sent|cluster|host|attempts|failure</c> of what is logged.</summary>
public sealed class RecordingAccessLog : IAccessLog
{
    public List<string> Lines { get; } = [];

    /// <summary>Dynamic metadata of what was logged.</summary>
    public List<IDictionary<string, Dictionary<string, object>>> Metadata { get; } = [];

    public void Log(in AccessLogEntry entry)
    {
        var info = entry.Info;
        Metadata.Add(info.DynamicMetadata);
        Lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Type}|{info.Flags}|{info.BytesReceived}|{info.BytesSent}|{info.UpstreamWireReceived}|{info.UpstreamWireSent}|{info.UpstreamCluster}|{info.UpstreamRemote}|{info.AttemptCount}|{info.UpstreamTransportFailure}"));
    }
}

/// <summary>Makes one log whatever is asked for.</summary>
internal sealed class RecordingAccessLogFactory(RecordingAccessLog log) : AccessLogFactory
{
    public override IReadOnlyList<IAccessLog> Create(IEnumerable<AccessLogConfig> configs) => [.. configs.Select(_ => log)];
}
