using Proxy.Connections;

namespace Proxy.Clusters.Pools;

/// <summary>Why a connection that did not come up is not there, in the words of the pools.</summary>
internal static class PoolFailures
{
    public static (PoolFailure Failure, string Details) Explain(Connection connection, CloseReason reason)
    {
        var failure = reason.Kind == CloseKind.ConnectTimeout
            ? PoolFailure.Timeout
            : reason.Origin == CloseOrigin.Local ? PoolFailure.LocalConnectFailed : PoolFailure.ConnectFailed;
        var details = connection.Info.TransportFailureReason;
        return (failure, details.Length > 0 ? details : reason.Details);
    }
}
