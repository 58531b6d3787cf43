using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Listeners.ProxyProtocol;

/// <summary>Stats of PROXY protocol filters, under <c>proxy_proto.[PREFIX.]</c>, and the older one at the root.</summary>
internal sealed class ProxyProtocolStats
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId NotFoundAllowed = Schema.Counter("not_found_allowed");
    public static readonly CounterId NotFoundDisallowed = Schema.Counter("not_found_disallowed");

    public static readonly StatSchema RootSchema = new();
    public static readonly CounterId Errors = RootSchema.Counter("downstream_cx_proxy_proto_error");

    private static readonly CounterId[] FoundIds = [Schema.Counter("versions.v1.found"), Schema.Counter("versions.v2.found")];
    private static readonly CounterId[] DisallowedIds = [Schema.Counter("versions.v1.disallowed"), Schema.Counter("versions.v2.disallowed")];
    private static readonly CounterId[] ErrorIds = [Schema.Counter("versions.v1.error"), Schema.Counter("versions.v2.error")];

    private readonly StatGroup _group;
    private readonly StatGroup _root;

    public ProxyProtocolStats(StatScope store, string prefix)
    {
        _group = store.CreateGroup(Schema, prefix.Length == 0 ? "proxy_proto." : $"proxy_proto.{prefix}.");
        _root = store.CreateGroup(RootSchema, "");
    }

    public static CounterId Found(int version) => FoundIds[version - 1];

    public static CounterId Disallowed(int version) => DisallowedIds[version - 1];

    public static CounterId Error(int version) => ErrorIds[version - 1];

    /// <summary>The shards of one worker.</summary>
    public (StatShard Own, StatShard Root) On(Worker worker) => (_group.Shard(worker), _root.Shard(worker));
}
