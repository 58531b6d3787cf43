using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>The <c>proxy-status</c> header.</summary>
[TestFixture]
public sealed class ProxyStatusTests : ManagerFixture
{
    private const ResponseFlags Refused = ResponseFlags.UpstreamConnectionFailure | ResponseFlags.UpstreamRetryLimitExceeded;

    [TestCase(ResponseFlags.FailedLocalHealthCheck, "destination_unavailable", 503)]
    [TestCase(ResponseFlags.NoHealthyUpstream, "destination_unavailable", 503)]
    [TestCase(ResponseFlags.UpstreamRequestTimeout, "http_response_timeout", 504)]
    [TestCase(ResponseFlags.LocalReset, "connection_timeout", 504)]
    [TestCase(ResponseFlags.UpstreamRemoteReset, "connection_terminated", 502)]
    [TestCase(ResponseFlags.UpstreamConnectionFailure, "connection_refused", 502)]
    [TestCase(ResponseFlags.UpstreamConnectionTermination, "connection_terminated", 502)]
    [TestCase(ResponseFlags.UpstreamOverflow, "connection_limit_reached", 503)]
    [TestCase(ResponseFlags.NoRouteFound, "destination_not_found", 500)]
    [TestCase(ResponseFlags.RateLimited, "connection_limit_reached", 503)]
    [TestCase(ResponseFlags.RateLimitServiceError, "connection_limit_reached", 503)]
    [TestCase(ResponseFlags.UpstreamRetryLimitExceeded, "destination_unavailable", 503)]
    [TestCase(ResponseFlags.StreamIdleTimeout, "http_response_timeout", 504)]
    [TestCase(ResponseFlags.InvalidEnvoyRequestHeaders, "http_request_error", 418)]
    [TestCase(ResponseFlags.DownstreamProtocolError, "http_request_error", 418)]
    [TestCase(ResponseFlags.UpstreamMaxStreamDurationReached, "http_response_timeout", 504)]
    [TestCase(ResponseFlags.NoFilterConfigFound, "proxy_configuration_error", 500)]
    [TestCase(ResponseFlags.UpstreamProtocolError, "http_protocol_error", 502)]
    [TestCase(ResponseFlags.NoClusterFound, "destination_unavailable", 503)]
    [TestCase(ResponseFlags.DnsResolutionFailed, "dns_error", 502)]
    [TestCase(Refused | ResponseFlags.DelayInjected, "connection_refused", 502)]
    public void Flag_WithAMeaning_GivesErrorAndStatus(ResponseFlags flag, string error, int status)
    {
        var head = Ask(new ProxyStatusConfig { RemoveDetails = true, SetRecommendedStatus = true }, flag);

        head.Should().StartWith($"HTTP/1.1 {status} ").And.Contain($"\r\nproxy-status: envoy; error={error}\r\n");
        AccessLog.Lines[^1].Should().StartWith($"{status} ");
    }

    [TestCase(ResponseFlags.None)]
    [TestCase(ResponseFlags.DelayInjected | ResponseFlags.FaultInjected | ResponseFlags.UnauthorizedExternalService)]
    [TestCase(ResponseFlags.DurationTimeout | ResponseFlags.OverloadManagerTerminated | ResponseFlags.UnconditionalDropOverload)]
    public void Flag_WithoutAMeaning_GivesNoHeader(ResponseFlags flag)
    {
        Ask(new ProxyStatusConfig { SetRecommendedStatus = true }, flag).Should().StartWith("HTTP/1.1 418 ").And.NotContain("proxy-status");
    }

    [Test]
    public void NotConfigured_GivesNoHeader()
    {
        Ask(null, Refused).Should().NotContain("proxy-status");
    }

    [TestCase(false, false, "; details=\"why{\\\"a\\\"\\t}; gone; UF,URX\"\r\n")]
    [TestCase(false, true, "; details=\"why{\\\"a\\\"\\t}; gone\"\r\n")]
    [TestCase(true, false, "; details=\"why{\\\"a\\\"\\t}; UF,URX\"\r\n")]
    [TestCase(true, true, "; details=\"why{\\\"a\\\"\\t}\"\r\n")]
    public void Details_PartsCanBeLeftOut(bool termination, bool flags, string expected)
    {
        var head = Ask(new ProxyStatusConfig { RemoveConnectionTerminationDetails = termination, RemoveResponseFlags = flags }, Refused);

        head.Should().StartWith("HTTP/1.1 418 ").And.Contain("\r\nproxy-status: envoy; error=connection_refused" + expected);
    }

    [TestCase(true, null, "node-a")]
    [TestCase(false, "edge", "edge")]
    public void Name_IsOfTheNodeOrGiven(bool useNodeId, string? name, string expected)
    {
        Ask(new ProxyStatusConfig { UseNodeId = useNodeId, Name = name }, Refused).Should().Contain($"\r\nproxy-status: {expected}; error=");
    }

    [Test]
    public void Upstream_HasItsOwn_IsExtended()
    {
        var reply = new ReplyFilter { Manual = true };
        Listen(Config(config => config with { ProxyStatus = new ProxyStatusConfig { RemoveDetails = true } }), () => reply);
        var client = Connect().Send(Get());

        reply.Stream.Info.Flags = ResponseFlags.UpstreamRetryLimitExceeded;
        reply.ReplyHead(503, 0, endStream: true, static response =>
        {
            response.Add("proxy-status"u8, "inner; error=a"u8);
            response.Add("proxy-status"u8, "middle; error=b"u8);
        });

        Response(client).Head.Should().Contain("\r\nproxy-status: inner; error=a, middle; error=b, envoy; error=destination_unavailable\r\n");
    }

    [Test]
    public void Apply_SteadyState_AllocatesNothing()
    {
        var status = ProxyStatus.Compile(Config(config => config with { ProxyStatus = new ProxyStatusConfig() }), "n", new FaultList())!;
        var info = new StreamInfo { Flags = Refused, ResponseCodeDetails = "why" };
        var response = new HeaderMap();
        Write();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Write()
        {
            response.Clear();
            status.Apply(response, info, Worker);
        }
    }

    private string Ask(ProxyStatusConfig? status, ResponseFlags flags)
    {
        Listen(Config(config => config with { ProxyStatus = status }), () => new Refuser(flags));
        return Response(Connect().Send(Get())).Head;
    }

    private sealed class Refuser(ResponseFlags flags) : HttpFilter
    {
        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Callbacks.Info.Flags = flags;
            Callbacks.Info.ConnectionTerminationDetails = "gone";
            Callbacks.SendLocalReply(418, default, "why{\"a\"\t}");
            return HeadersStatus.StopIteration;
        }
    }
}
