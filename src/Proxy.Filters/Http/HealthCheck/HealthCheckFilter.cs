using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;

namespace Proxy.Filters.Http.HealthCheck;

/// <summary>Answers health checks of this proxy, and tells clients when an operator has failed it.</summary>
internal sealed class HealthCheckFilter : HttpFilter
{
    private static readonly Action<HeaderMap> SetDegraded = static headers => headers.Set(KnownHeader.XEnvoyDegraded, ""u8);

    private readonly HealthCheckModel _model;
    private readonly StatShard _stats;
    private bool _isHealthCheck;
    private bool _answersHere;

    public HealthCheckFilter(HealthCheckModel model, StatShard stats)
    {
        _model = model;
        _stats = stats;
    }

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (!_model.IsHealthCheck(headers))
        {
            return HeadersStatus.Continue;
        }

        _isHealthCheck = true;
        Callbacks.Info.IsHealthCheck = true;
        _answersHere = !_model.PassThrough || _model.IsFailed || _model.Kept(Callbacks.Worker) is not null;
        if (!_answersHere)
        {
            return HeadersStatus.Continue;
        }

        if (endStream)
        {
            Answer();
        }

        return HeadersStatus.StopIteration;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (!_answersHere)
        {
            return DataStatus.Continue;
        }

        if (chunk.EndStream)
        {
            Answer();
        }

        return DataStatus.StopNoBuffer;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (!_answersHere)
        {
            return TrailersStatus.Continue;
        }

        Answer();
        return TrailersStatus.StopIteration;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        if (_isHealthCheck)
        {
            if (!_answersHere)
            {
                _model.Keep(Callbacks.Worker, Router.UpstreamStatus.Of(headers), headers.Contains(KnownHeader.XEnvoyDegraded));
            }

            headers.Set(KnownHeader.XEnvoyUpstreamHealthcheckedCluster, _model.OwnCluster);
        }

        if (_model.IsFailed)
        {
            headers.Set(KnownHeader.XEnvoyImmediateHealthCheckFail, "true"u8);
        }

        return HeadersStatus.Continue;
    }

    public override void Recycle() => _isHealthCheck = _answersHere = false;

    private void Answer()
    {
        var kept = _model is { PassThrough: true, IsFailed: false } ? _model.Kept(Callbacks.Worker) : null;
        var (status, details) = _model.IsFailed ? (503, "health_check_failed")
            : kept is not null ? (kept.Status, "health_check_cached")
            : _model.CheckClusters(Callbacks.Worker, _stats);
        Count(status, kept);
        if (status is < 200 or > 299)
        {
            Callbacks.Info.Flags |= ResponseFlags.FailedLocalHealthCheck;
        }

        Callbacks.SendLocalReply(status, default, details, kept is { IsDegraded: true } ? SetDegraded : null);
    }

    private void Count(int status, HealthCheckModel.KeptAnswer? kept)
    {
        _stats.Increment(HealthCheckStats.Total);
        _stats.Increment(status is >= 200 and <= 299 ? HealthCheckStats.Ok : HealthCheckStats.Failed);
        if (kept is not null)
        {
            _stats.Increment(HealthCheckStats.Cached);
            if (kept.IsDegraded)
            {
                _stats.Increment(HealthCheckStats.Degraded);
            }
        }
    }
}
