using Proxy.Configuration.Clusters;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Clusters.Health;

/// <summary>Checks a host by a call of <c>grpc.health.v1.Health/Check</c>.</summary>
internal sealed class GrpcHealthSession(HealthChecker checker, Host host, GrpcHealthProbeConfig probe) : ExchangeHealthSession(checker, host, HttpProtocol.Http2)
{
    private readonly byte[] _call = GrpcHealthMessages.Request(probe.ServiceName);
    private readonly byte[] _body = new byte[GrpcHealthMessages.MaxAnswerLength];
    private int _bodyLength;

    protected override string Authority => probe.Authority;

    public override void OnHeaders(bool endStream)
    {
        if (!IsAsked)
        {
            return;
        }

        if (endStream)
        {
            Judge(ResponseHeaders);
        }
        else if (Status() != 200 || !GrpcReply.IsGrpcResponse(ResponseHeaders, endStream: false))
        {
            GiveUp();
        }
    }

    public override void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (!IsAsked)
        {
            return;
        }

        if (data.Length > _body.Length - _bodyLength)
        {
            GiveUp();
            return;
        }

        data.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += data.Length;
        if (endStream || GrpcHealthMessages.Read(_body.AsSpan(0, _bodyLength)) == GrpcHealthAnswer.Broken)
        {
            GiveUp(); // an answer ends with its trailers
        }
    }

    public override void OnTrailers()
    {
        if (IsAsked)
        {
            Judge(ResponseTrailers);
        }
    }

    protected override void Send(HttpClientStream stream, HeaderMap headers, ReadOnlySpan<byte> host)
    {
        _bodyLength = 0;
        headers.Set(KnownHeader.Method, "POST"u8);
        headers.Set(KnownHeader.Path, "/grpc.health.v1.Health/Check"u8);
        headers.Set(KnownHeader.Authority, host);
        headers.Set(KnownHeader.Scheme, Scheme);
        headers.Set(KnownHeader.Te, "trailers"u8);
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
        headers.Set(KnownHeader.UserAgent, "Envoy/HC"u8);
        Edit(headers);
        GrpcTimeout.Set(headers, Model.TimeoutMilliseconds);
        stream.EncodeHeaders(headers, endStream: false);
        stream.EncodeData(_call, endStream: true);
    }

    protected override void OnLate() => AbortExchange();

    private void Judge(HeaderMap status)
    {
        var isServing = status.Get(KnownHeader.GrpcStatus).SequenceEqual("0"u8) && GrpcHealthMessages.Read(_body.AsSpan(0, _bodyLength)) == GrpcHealthAnswer.Serving;
        Finish(keeps: true);
        if (isServing)
        {
            Pass(degraded: false);
        }
        else
        {
            Fail(HealthFailure.Active);
        }
    }

    // It says no before its end, or in a way that no answer does.
    private void GiveUp()
    {
        AbortExchange();
        Fail(HealthFailure.Active);
    }
}
