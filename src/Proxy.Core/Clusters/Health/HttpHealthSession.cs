using System.Text;
using Proxy.Configuration.Clusters;
using Proxy.Http;

namespace Proxy.Clusters.Health;

/// <summary>Checks a host by an HTTP request.</summary>
internal sealed class HttpHealthSession : ExchangeHealthSession
{
    private readonly HttpHealthProbeConfig _probe;
    private readonly byte[] _body;
    private int _bodyLength;

    public HttpHealthSession(HealthChecker checker, Host host, HttpHealthProbeConfig probe)
        : base(checker, host, probe.UsesHttp2 ? HttpProtocol.Http2 : HttpProtocol.Http11)
    {
        _probe = probe;
        _body = checker.Model.Receive.IsEmpty ? [] : new byte[_probe.ResponseBufferSize];
    }

    protected override string Authority => _probe.Host;

    public override void OnHeaders(bool endStream) => JudgeIf(endStream);

    public override void OnData(ReadOnlySpan<byte> data, bool endStream)
    {
        var kept = data[..Math.Min(data.Length, _body.Length - _bodyLength)];
        kept.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += kept.Length;
        JudgeIf(endStream);
    }

    public override void OnTrailers() => JudgeIf(true);

    protected override void Send(HttpClientStream stream, HeaderMap headers, ReadOnlySpan<byte> host)
    {
        _bodyLength = 0;
        headers.Set(KnownHeader.Method, Encoding.ASCII.GetBytes(_probe.Method));
        headers.Set(KnownHeader.Authority, host);
        headers.Set(KnownHeader.Path, Encoding.UTF8.GetBytes(_probe.Path));
        headers.Set(KnownHeader.Scheme, Scheme);
        headers.Set(KnownHeader.UserAgent, "Envoy/HC"u8);
        if (Model.Send.Length > 0)
        {
            headers.Set(KnownHeader.ContentLength, Model.Send.Length);
        }

        Edit(headers);
        stream.EncodeHeaders(headers, endStream: Model.Send.Length == 0);
        if (Model.Send.Length > 0)
        {
            stream.EncodeData(Model.Send, endStream: true);
        }
    }

    private void JudgeIf(bool isComplete)
    {
        if (!isComplete || !IsAsked)
        {
            return;
        }

        Finish(keeps: !(ResponseHeaders.TryGet(KnownHeader.Connection, out var options) && AsciiBytes.EqualsIgnoreCase(options, "close"u8)));
        Judge(Status());
    }

    private void Judge(int status)
    {
        if (!Model.IsExpected(status))
        {
            if (ResponseHeaders.Contains(KnownHeader.XEnvoyImmediateHealthCheckFail))
            {
                Exclude();
            }

            Fail(HealthFailure.Active, Model.IsRetriable(status), status);
            return;
        }

        if (!Model.Receive.Matches(_body.AsSpan(0, _bodyLength)) || !IsTheService())
        {
            Fail(HealthFailure.Active, retriable: false, status);
            return;
        }

        Pass(ResponseHeaders.Contains(KnownHeader.XEnvoyDegraded));
    }

    private bool IsTheService()
    {
        if (Model.ServiceName is not { } name)
        {
            return true;
        }

        Checker.Stats.Increment(HealthStats.VerifyCluster);
        return name.Matches(ResponseHeaders.Get(KnownHeader.XEnvoyUpstreamHealthcheckedCluster));
    }
}
