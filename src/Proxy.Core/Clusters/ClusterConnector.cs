using Proxy.Connections;
using Proxy.Connections.Pipes;
using Proxy.Workers;

namespace Proxy.Clusters;

/// <summary>Connects main to a host of a cluster: for code that brings a protocol of its own, such as a client of control planes.</summary>
/// <param name="clusters">The clusters.</param>
/// <param name="main">Where the connections live.</param>
internal sealed class ClusterConnector(ClusterManager clusters, Worker main)
{
    /// <summary>Connects to a host that the cluster's policy picks. From any thread.</summary>
    /// <exception cref="IOException">There is no such cluster, no host, or no connection.</exception>
    public async Task<Stream> ConnectAsync(string cluster, CancellationToken cancellationToken)
    {
        var attempt = new Attempt();
        main.Post(() => attempt.Start(clusters, main, cluster));
        return await attempt.Stream.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private sealed class Attempt : ITcpPoolCallbacks
    {
        private readonly TaskCompletionSource<Stream> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Stream => _done.Task;

        public void Start(ClusterManager clusters, Worker main, string name)
        {
            if (clusters.Find(main, name) is not { } cluster)
            {
                Fail($"there is no cluster {name}");
            }
            else if (cluster.ChooseHost(default) is not { } host)
            {
                Fail($"cluster {name} has no host to connect to");
            }
            else
            {
                cluster.NewConnection(host, RequestPriority.Default, this, default);
            }
        }

        public void OnPoolReady(Connection connection, Host host, IConnectionLease lease)
        {
            _done.SetResult(new DuplexPipeStream(connection.AsDuplexPipe(lease.Dispose)));
        }

        public void OnPoolFailure(PoolFailure failure, string details, Host host) => Fail($"{host.EndPoint}: {failure} {details}");

        private void Fail(string message) => _done.SetException(new IOException(message));
    }
}
