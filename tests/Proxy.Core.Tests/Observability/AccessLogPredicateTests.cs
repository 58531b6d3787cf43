using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Core.Tests.Routing;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Observability.AccessLogs;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Observability;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AccessLogPredicateTests : SimulatedFixture
{
    private readonly StreamInfo _info = new() { ResponseCode = 503, StartMicroseconds = 1_000, EndMicroseconds = 51_999 };

    private readonly RuntimeSnapshot _runtime = new([]);

    private HeaderMap _request = RoutingFixture.Request();

    private HeaderMap? _trailers;

    [TestCase(ComparisonOperator.Equal, 503u, true)]
    [TestCase(ComparisonOperator.Equal, 502u, false)]
    [TestCase(ComparisonOperator.GreaterOrEqual, 503u, true)]
    [TestCase(ComparisonOperator.GreaterOrEqual, 504u, false)]
    [TestCase(ComparisonOperator.LessOrEqual, 503u, true)]
    [TestCase(ComparisonOperator.LessOrEqual, 502u, false)]
    [TestCase(ComparisonOperator.NotEqual, 503u, false)]
    [TestCase(ComparisonOperator.NotEqual, 200u, true)]
    public void StatusCode_Compared(ComparisonOperator comparison, uint value, bool expected)
    {
        Matches(new StatusCodeLogFilter(comparison, value)).Should().Be(expected);
    }

    [TestCase(50u, true)]
    [TestCase(51u, false)]
    public void Duration_InWholeMilliseconds(uint value, bool expected)
    {
        Matches(new DurationLogFilter(ComparisonOperator.Equal, value)).Should().Be(expected);
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void NotHealthCheck_TakesAllOthers(bool isHealthCheck, bool expected)
    {
        _info.IsHealthCheck = isHealthCheck;

        Matches(new NotHealthCheckLogFilter()).Should().Be(expected);
    }

    [TestCase("x-a", "1", true)]
    [TestCase("x-a", "2", false)]
    [TestCase("x-b", "1", false)]
    public void Header_OfTheRequest_Matched(string name, string value, bool expected)
    {
        _request = RoutingFixture.Request(headers: [(name, value)]);

        Matches(new HeaderLogFilter(new HeaderMatcherConfig("x-a") { Text = new StringMatcherConfig(StringMatchKind.Exact, "1") })).Should().Be(expected);
    }

    [TestCase("00000031-0000-4000-8000-000000000000", true, Description = "0x31 = 49")]
    [TestCase("00000032-0000-4000-8000-000000000000", false, Description = "0x32 = 50")]
    public void Runtime_RequestId_DecidesAlwaysTheSame(string id, bool expected)
    {
        _request = RoutingFixture.Request(headers: [("x-request-id", id)]);

        Enumerable.Range(0, 20).Select(_ => Matches(new RuntimeLogFilter(50))).Should().OnlyContain(matches => matches == expected);
    }

    [Test]
    public void Runtime_IndependentRandomness_IgnoresTheRequestId()
    {
        _request = RoutingFixture.Request(headers: [("x-request-id", "00000031-0000-4000-8000-000000000000")]);

        Enumerable.Range(0, 200).Select(_ => Matches(new RuntimeLogFilter(50) { UseIndependentRandomness = true })).Distinct().Should().HaveCount(2);
    }

    [TestCase(0u, false)]
    [TestCase(100u, true)]
    public void Runtime_NoneOrAll_IsCertain(uint percent, bool expected)
    {
        Enumerable.Range(0, 100).Select(_ => Matches(new RuntimeLogFilter(percent))).Should().OnlyContain(matches => matches == expected);
    }

    [Test]
    public void Values_FollowTheRuntime()
    {
        var filters = new AccessLogFilterConfig[]
        {
            new StatusCodeLogFilter(ComparisonOperator.Equal, 200, "status"), new DurationLogFilter(ComparisonOperator.LessOrEqual, 5, "duration"), new RuntimeLogFilter(0, 100, "share"),
        };
        filters.Select(filter => Matches(filter)).Should().Equal(false, false, false);

        _runtime.Replace([new RuntimeValue("status", "503"), new RuntimeValue("duration", "100"), new RuntimeValue("share", "100")]);

        filters.Select(filter => Matches(filter)).Should().Equal(true, true, true);
    }

    [Test]
    public void Runtime_ShareOfNothing_IsRefused()
    {
        var faults = new FaultList();

        AccessLogPredicate.Compile(new RuntimeLogFilter(1, 0), RuntimeSnapshot.Empty, "filter", faults);

        faults.Invoking(static f => f.ThrowIfAny()).Should().Throw<ConfigException>().WithMessage("*denominator*");
    }

    [Test]
    public void Traceable_NothingIsTraced_TakesNothing()
    {
        Matches(new TraceableLogFilter()).Should().BeFalse();
    }

    [TestCase("5", 5, false, true)]
    [TestCase("5", 5, true, false)]
    [TestCase("0", 5, false, false)]
    [TestCase("0", 5, true, true)]
    [TestCase(null, 14, false, true, Description = "503 without a status counts as UNAVAILABLE")]
    [TestCase("x", 14, false, true)]
    public void GrpcStatus_OfTrailersOrHttpStatus(string? trailer, int listed, bool exclude, bool expected)
    {
        if (trailer is not null)
        {
            _trailers = new HeaderMap();
            _trailers.Add("grpc-status"u8, System.Text.Encoding.ASCII.GetBytes(trailer));
        }

        Matches(new GrpcStatusLogFilter([listed], exclude)).Should().Be(expected);
    }

    [TestCase(AccessLogType.DownstreamEnd, false, true)]
    [TestCase(AccessLogType.DownstreamEnd, true, false)]
    [TestCase(AccessLogType.DownstreamStart, false, false)]
    [TestCase(AccessLogType.DownstreamStart, true, true)]
    public void LogType_Listed(AccessLogType listed, bool exclude, bool expected)
    {
        Matches(new LogTypeLogFilter([listed], exclude)).Should().Be(expected);
    }

    [Test]
    public void AndOr_OfFilters()
    {
        AccessLogFilterConfig yes = new StatusCodeLogFilter(ComparisonOperator.Equal, 503), no = new TraceableLogFilter();

        Matches(new AndLogFilter([yes, no])).Should().BeFalse();
        Matches(new AndLogFilter([yes, yes])).Should().BeTrue();
        Matches(new OrLogFilter([no, yes])).Should().BeTrue();
        Matches(new OrLogFilter([no, no])).Should().BeFalse();
    }

    [TestCase("yes", true, true)]
    [TestCase("yes", false, true)]
    [TestCase("no", true, false)]
    [TestCase(null, true, true)]
    [TestCase(null, false, false)]
    public void Metadata_ComparesTheValueOrTakesItsAbsence(string? value, bool matchIfMissing, bool expected)
    {
        var matcher = new MetadataMatcherConfig("ns", ["a", "b"], new TextValueMatcherConfig(new StringMatcherConfig(StringMatchKind.Exact, "yes"))) { Invert = true };
        if (value is not null)
        {
            _info.DynamicMetadata["ns"] = new Dictionary<string, object> { ["a"] = new Dictionary<string, object> { ["b"] = value } };
        }

        Matches(new MetadataLogFilter(matcher, matchIfMissing)).Should().Be(expected);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Metadata_WithoutMatcher_FindsNothing(bool matchIfMissing)
    {
        Matches(new MetadataLogFilter(null, matchIfMissing)).Should().Be(matchIfMissing);
    }

    [Test]
    public void ResponseFlags_AnyOrListed()
    {
        Matches(new ResponseFlagLogFilter([])).Should().BeFalse();
        _info.Flags = ResponseFlags.NoRouteFound;

        Matches(new ResponseFlagLogFilter([])).Should().BeTrue();
        Matches(new ResponseFlagLogFilter(["NR"])).Should().BeTrue();
        Matches(new ResponseFlagLogFilter(["UF"])).Should().BeFalse();
    }

    private bool Matches(AccessLogFilterConfig filter)
    {
        var faults = new FaultList();
        var predicate = AccessLogPredicate.Compile(filter, _runtime, "filter", faults);
        faults.ThrowIfAny();
        return predicate.Matches(new AccessLogEntry
        {
            Worker = Worker,
            Info = _info,
            RequestHeaders = _request,
            ResponseTrailers = _trailers,
            Type = AccessLogType.DownstreamEnd,
        });
    }
}
