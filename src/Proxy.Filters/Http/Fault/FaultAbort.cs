using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;

namespace Proxy.Filters.Http.Fault;

/// <summary>Which requests fail, and how. Immutable, shared by all workers.</summary>
internal sealed class FaultAbort
{
    private readonly FaultAbortConfig _config;
    private readonly RuntimeFraction _share;
    private readonly RuntimeSnapshot _runtime;

    private FaultAbort(FaultAbortConfig config, RuntimeSnapshot runtime)
    {
        _config = config;
        _share = RuntimeFraction.Compile(config.Share, runtime);
        _runtime = runtime;
    }

    public static FaultAbort Compile(FaultAbortConfig config, RuntimeSnapshot runtime, FaultList faults)
    {
        if (!config.IsByHeader && config.GrpcStatus is null && !IsStatus(config.Status))
        {
            faults.Add("abort.http_status", "must be between 200 and 599");
        }

        return new FaultAbort(config, runtime);
    }

    /// <summary>Whether a request fails.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="chance">Any number with equal right.</param>
    /// <param name="status">HTTP status of the answer.</param>
    /// <param name="grpcStatus">gRPC status of the answer; null for the one that the HTTP status stands for.</param>
    public bool TryDecide(HeaderMap headers, ulong chance, out int status, out int? grpcStatus)
    {
        grpcStatus = null;
        status = 0;
        if (!_share.Includes(chance, _config.IsByHeader ? FaultHeaders.MostOf(headers, FaultHeaders.AbortShare) : ulong.MaxValue))
        {
            return false;
        }

        var configured = _config.IsByHeader ? FaultHeaders.Number(headers, FaultHeaders.Abort) : _config.Status;
        if (configured is { } http && IsStatus(http))
        {
            var other = _runtime.GetInteger(_config.StatusKey, http);
            status = (int)(IsStatus(other) ? other : http);
            return true;
        }

        var grpc = _config.IsByHeader ? FaultHeaders.Number(headers, FaultHeaders.AbortGrpc) : _config.GrpcStatus;
        if (grpc is { } code)
        {
            status = 200;
            grpcStatus = (int)Math.Min(_runtime.GetInteger(_config.GrpcStatusKey, code), int.MaxValue);
        }

        return grpc is not null;
    }

    private static bool IsStatus(long status) => status is >= 200 and <= 599;
}
