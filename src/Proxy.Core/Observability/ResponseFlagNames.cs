using System.Numerics;
using System.Text;
using Proxy.Streams;

namespace Proxy.Observability;

/// <summary>Names of <see cref="ResponseFlags"/>: short as in <c>%RESPONSE_FLAGS%</c>, long as in <c>%RESPONSE_FLAGS_LONG%</c>.</summary>
internal static class ResponseFlagNames
{
    private static readonly (ResponseFlags Flag, string Short, string Long)[] Names =
    [
        (ResponseFlags.FailedLocalHealthCheck, "LH", "FailedLocalHealthCheck"),
        (ResponseFlags.NoHealthyUpstream, "UH", "NoHealthyUpstream"),
        (ResponseFlags.UpstreamRequestTimeout, "UT", "UpstreamRequestTimeout"),
        (ResponseFlags.LocalReset, "LR", "LocalReset"),
        (ResponseFlags.UpstreamRemoteReset, "UR", "UpstreamRemoteReset"),
        (ResponseFlags.UpstreamConnectionFailure, "UF", "UpstreamConnectionFailure"),
        (ResponseFlags.UpstreamConnectionTermination, "UC", "UpstreamConnectionTermination"),
        (ResponseFlags.UpstreamOverflow, "UO", "UpstreamOverflow"),
        (ResponseFlags.NoRouteFound, "NR", "NoRouteFound"),
        (ResponseFlags.DelayInjected, "DI", "DelayInjected"),
        (ResponseFlags.FaultInjected, "FI", "FaultInjected"),
        (ResponseFlags.RateLimited, "RL", "RateLimited"),
        (ResponseFlags.UnauthorizedExternalService, "UAEX", "UnauthorizedExternalService"),
        (ResponseFlags.RateLimitServiceError, "RLSE", "RateLimitServiceError"),
        (ResponseFlags.DownstreamConnectionTermination, "DC", "DownstreamConnectionTermination"),
        (ResponseFlags.UpstreamRetryLimitExceeded, "URX", "UpstreamRetryLimitExceeded"),
        (ResponseFlags.StreamIdleTimeout, "SI", "StreamIdleTimeout"),
        (ResponseFlags.InvalidEnvoyRequestHeaders, "IH", "InvalidEnvoyRequestHeaders"),
        (ResponseFlags.DownstreamProtocolError, "DPE", "DownstreamProtocolError"),
        (ResponseFlags.UpstreamMaxStreamDurationReached, "UMSDR", "UpstreamMaxStreamDurationReached"),
        (ResponseFlags.ResponseFromCacheFilter, "RFCF", "ResponseFromCacheFilter"),
        (ResponseFlags.NoFilterConfigFound, "NFCF", "NoFilterConfigFound"),
        (ResponseFlags.DurationTimeout, "DT", "DurationTimeout"),
        (ResponseFlags.UpstreamProtocolError, "UPE", "UpstreamProtocolError"),
        (ResponseFlags.NoClusterFound, "NC", "NoClusterFound"),
        (ResponseFlags.OverloadManagerTerminated, "OM", "OverloadManagerTerminated"),
        (ResponseFlags.DnsResolutionFailed, "DF", "DnsResolutionFailed"),
        (ResponseFlags.DropOverload, "DO", "DropOverload"),
        (ResponseFlags.DownstreamRemoteReset, "DR", "DownstreamRemoteReset"),
        (ResponseFlags.UnconditionalDropOverload, "UDO", "UnconditionalDropOverload"),
    ];

    private static readonly byte[][] ShortBytes = ByBit(static name => name.Short);
    private static readonly byte[][] LongBytes = ByBit(static name => name.Long);

    /// <summary>Writes the names, separated by commas; <c>-</c> for none.</summary>
    public static void Write(ResponseFlags flags, bool longNames, FormatWriter writer)
    {
        if (flags == ResponseFlags.None)
        {
            writer.Write((byte)'-');
            return;
        }

        var names = longNames ? LongBytes : ShortBytes;
        var first = true;
        for (var rest = (ulong)flags; rest != 0; rest &= rest - 1)
        {
            writer.Write(first ? default : ","u8);
            writer.Write(names[BitOperations.TrailingZeroCount(rest)]);
            first = false;
        }
    }

    /// <summary>The flag with the short name <paramref name="name"/>.</summary>
    public static bool TryParse(string name, out ResponseFlags flag)
    {
        var found = Array.Find(Names, entry => entry.Short == name);
        flag = found.Flag;
        return found.Short is not null;
    }

    private static byte[][] ByBit(Func<(ResponseFlags Flag, string Short, string Long), string> select)
    {
        var result = new byte[64][];
        Array.Fill(result, []);
        foreach (var name in Names)
        {
            result[BitOperations.TrailingZeroCount((ulong)name.Flag)] = Encoding.UTF8.GetBytes(select(name));
        }

        return result;
    }
}
