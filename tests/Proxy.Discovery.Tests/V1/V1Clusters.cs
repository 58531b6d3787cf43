using Proxy.Clusters;
using Proxy.Configuration.Clusters;
using Proxy.Workers;

namespace Proxy.Discovery.Tests.V1;

/// <summary>Clusters of a proxy that answers are read for: every one that is asked for but <c>nowhere</c>; <c>passing</c> comes from CDS.</summary>
internal sealed class V1Clusters : ClusterManager
{
    public override WorkerCluster? Find(Worker worker, string name) => null;

    public override bool Contains(string name) => name != "nowhere";

    public override bool AddOrUpdate(ClusterConfig config) => false;

    public override bool Remove(string name) => false;

    public override void WhenReady(Action callback) => callback();

    internal override bool IsStatic(string name) => name != "passing";
}
