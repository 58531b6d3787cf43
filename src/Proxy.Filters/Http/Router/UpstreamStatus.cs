using Proxy.Clusters;
using Proxy.Http;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Filters.Http.Router;

/// <summary>Statuses of upstream answers, and how a cluster counts them.</summary>
internal static class UpstreamStatus
{
    /// <summary>The status in <paramref name="headers"/>; 0 when there is none.</summary>
    public static int Of(HeaderMap headers)
    {
        return headers.Get(KnownHeader.Status) is [var a, var b, var c] ? ((a - '0') * 100) + ((b - '0') * 10) + (c - '0') : 0;
    }

    /// <summary>Counts the status of an answer that a retry takes the place of.</summary>
    public static void CountRetried(StatShard stats, int status)
    {
        stats.Increment(ClusterStats.RetriedCompleted);
        stats.Increment(ClusterStats.RetriedCodes, status);
        if (status / 100 is 4 or 5)
        {
            stats.Increment(status < 500 ? ClusterStats.Retried4xx : ClusterStats.Retried5xx);
        }
    }

    /// <summary>Counts the outcome of a request for the host that was asked; null for none.</summary>
    public static void CountForHost(Host? host, Worker worker, int status)
    {
        if (host?.On(worker) is not { } shard)
        {
            return;
        }

        if (status >= 500)
        {
            shard.RequestsFailed++;
        }
        else
        {
            shard.RequestsSucceeded++;
        }
    }

    /// <summary>Counts an answer, whatever its status.</summary>
    public static void CountOnly(StatShard stats, bool isInternal)
    {
        stats.Increment(ClusterStats.RequestCompleted);
        stats.Increment((isInternal ? ClusterStats.Internal : ClusterStats.External).Completed);
    }

    /// <summary>Counts <paramref name="status"/>, overall and by where the request came from.</summary>
    public static void Count(StatShard stats, int status, bool isInternal)
    {
        var origin = isInternal ? ClusterStats.Internal : ClusterStats.External;
        stats.Increment(ClusterStats.RequestCompleted);
        stats.Increment(origin.Completed);
        stats.Increment(ClusterStats.RequestCodes, status);
        stats.Increment(origin.Codes, status);
        switch (status / 100)
        {
            case 1:
                stats.Increment(ClusterStats.Request1xx);
                break;
            case 2:
                stats.Increment(ClusterStats.Request2xx);
                break;
            case 3:
                stats.Increment(ClusterStats.Request3xx);
                break;
            case 4:
                stats.Increment(ClusterStats.Request4xx);
                break;
            case 5:
                stats.Increment(ClusterStats.Request5xx);
                break;
        }

        if (status is >= 100 and < 600)
        {
            stats.Increment(origin.Classes[(status / 100) - 1]);
        }
    }

    /// <summary>Counts the answer of an upstream that tries something new out: the host is one that does, or the answer says so.</summary>
    public static void CountCanary(WorkerCluster cluster, Host? host, HeaderMap headers, int status)
    {
        if ((host is { IsCanary: true } || headers.Get(KnownHeader.XEnvoyUpstreamCanary).SequenceEqual("true"u8))
            && status is >= 100 and < 600 && cluster.Canary is { } stats)
        {
            stats.Increment(CanaryStats.Outcomes.Completed);
            stats.Increment(CanaryStats.Outcomes.Codes, status);
            stats.Increment(CanaryStats.Outcomes.Classes[(status / 100) - 1]);
        }
    }
}
