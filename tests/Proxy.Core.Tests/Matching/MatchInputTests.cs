using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Connections;
using Proxy.Matching;
using Proxy.Stats;
using Proxy.Tls;
using Proxy.Workers.Simulated;
using static Proxy.Core.Tests.Matching.MatcherFixture;

namespace Proxy.Core.Tests.Matching;

[TestFixture]
public sealed class MatchInputTests
{
    [Test]
    public void Header_SeveralValues_AreJoinedByCommas()
    {
        var data = new MatchData { RequestHeaders = Headers(("k", "a"), ("x", "y"), ("k", ""), ("k", "b")) };
        Read(MatchInputKind.RequestHeader, "K", data).Should().Be("a,,b");
        Read(MatchInputKind.RequestHeader, "z", data).Should().Be("(Missing)");
    }

    [Test]
    public void Header_JoinedValueLongerThanTheRoom_IsWhole()
    {
        var long1 = new string('x', MatchInput.Room);
        Read(MatchInputKind.RequestHeader, "k", new MatchData { RequestHeaders = Headers(("k", long1), ("k", "y")) }).Should().Be(long1 + ",y");
    }

    [TestCase(MatchInputKind.RequestHeader)]
    [TestCase(MatchInputKind.RequestTrailer)]
    [TestCase(MatchInputKind.ResponseHeader)]
    [TestCase(MatchInputKind.ResponseTrailer)]
    public void Header_ReadsThePartItIsOf(MatchInputKind kind)
    {
        var data = new MatchData
        {
            RequestHeaders = Headers(("k", nameof(MatchInputKind.RequestHeader))),
            RequestTrailers = Headers(("k", nameof(MatchInputKind.RequestTrailer))),
            ResponseHeaders = Headers(("k", nameof(MatchInputKind.ResponseHeader))),
            ResponseTrailers = Headers(("k", nameof(MatchInputKind.ResponseTrailer))),
        };
        Read(kind, "k", data).Should().Be(kind.ToString());
        Read(kind, "k", default).Should().Be("(TooEarly)");
    }

    [Test]
    public void Certificate_OfTheClient_IsRead()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://a/b"));
        names.AddDnsName("a.test");
        names.AddDnsName("b.test");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var info = new ConnectionInfo(IPEndPoint.Parse("10.0.0.1:1"), IPEndPoint.Parse("10.0.0.2:2"));
        var data = new MatchData { Connection = info };
        Read(MatchInputKind.PeerSubject, null, data).Should().Be("(Missing)");

        info.Tls = new TlsInfo { PeerCertificate = new TlsCertificateInfo(certificate.RawData) };

        Read(MatchInputKind.PeerUriNames, null, data).Should().Be("spiffe://a/b");
        Read(MatchInputKind.PeerDnsNames, null, data).Should().Be("a.test,b.test");
        Read(MatchInputKind.PeerSubject, null, data).Should().Be("CN=me");
    }

    [Test]
    public void Status_IsWholeOrItsClass()
    {
        var data = new MatchData { ResponseHeaders = Headers((":status", "404")) };
        Read(MatchInputKind.ResponseStatus, null, data).Should().Be("404");
        Read(MatchInputKind.ResponseStatusClass, null, data).Should().Be("4xx");
        Read(MatchInputKind.ResponseStatus, null, default).Should().Be("(TooEarly)");
    }

    [TestCase("/?k=1&k=2", "1")]
    [TestCase("/?a=b&k=a%20b", "a b")]
    [TestCase("/?%6B=%7", "%7")]
    [TestCase("/?k", "")]
    [TestCase("/?K=1", "(Missing)")]
    [TestCase("/", "(Missing)")]
    public void Query_IsTheFirstValueDecoded(string path, string expected) =>
        Read(MatchInputKind.QueryParameter, "k", new MatchData { RequestHeaders = Headers((":path", path)) }).Should().Be(expected);

    [TestCase(MatchInputKind.SourceIp, "2001:db8::1")]
    [TestCase(MatchInputKind.SourcePort, "0")]
    [TestCase(MatchInputKind.DirectSourceIp, "10.1.2.3")]
    [TestCase(MatchInputKind.DestinationIp, "10.9.9.9")]
    [TestCase(MatchInputKind.DestinationPort, "80")]
    [TestCase(MatchInputKind.SourceType, "(Missing)")]
    [TestCase(MatchInputKind.ServerName, "(Missing)")]
    public void Connection_HasAddresses(MatchInputKind kind, string expected) => Read(kind, null, Connection()).Should().Be(expected);

    [Test]
    public void Connection_WithoutIpAddresses_HasNone()
    {
        Read(MatchInputKind.SourceIp, null, default).Should().Be("(Missing)");
        Read(MatchInputKind.DestinationPort, null, default).Should().Be("(Missing)");
    }

    [Test]
    public void Connection_ClientOnThisMachine_IsLocal()
    {
        var data = Connection();
        data.Info!.TrustedRemote = IPEndPoint.Parse("10.9.9.9:5");
        Read(MatchInputKind.SourceType, null, data).Should().Be("local");
        data.Info.TrustedRemote = IPEndPoint.Parse("127.0.0.1:5");
        Read(MatchInputKind.SourceType, null, data).Should().Be("local");
    }

    [Test]
    public void ServerName_AskedFor_IsRead()
    {
        var data = Connection();
        data.Connection!.ServerName = "a.test";
        Read(MatchInputKind.ServerName, null, data).Should().Be("a.test");
    }

    [Test]
    public void Protocols_AreWhatListenerFiltersFound()
    {
        var data = Connection();
        Read(MatchInputKind.TransportProtocol, null, data).Should().Be("raw_buffer");
        Read(MatchInputKind.ApplicationProtocol, null, data).Should().Be("(Missing)");

        data.Connection!.TransportProtocol = "tls";
        data.Connection.ApplicationProtocols = ["h2", "http/1.1"];
        Read(MatchInputKind.TransportProtocol, null, data).Should().Be("tls");
        Read(MatchInputKind.ApplicationProtocol, null, data).Should().Be("'h2','http/1.1'");
    }

    [Test]
    public void FilterState_OfTheRequest_HidesTheConnections()
    {
        var data = Connection();
        data.Connection!.FilterState["k"] = "connection";
        Read(MatchInputKind.FilterState, "k", data).Should().Be("connection");
        data.Info!.FilterState["k"] = 7;
        Read(MatchInputKind.FilterState, "k", data).Should().Be("7");
        Read(MatchInputKind.FilterState, "x", data).Should().Be("(Missing)");
    }

    [Test]
    public void Constant_IsItsText()
    {
        Read(MatchInputKind.Constant, "c", default).Should().Be("c");
        Read(MatchInputKind.Constant, null, default).Should().Be("(Missing)");
    }

    [TestCase("10.1.2.3", "yes", 0)]
    [TestCase("11.1.2.3", "no", 0)]
    [TestCase("junk", "no", 1)]
    public void AddressPredicate_ComparesRangesAndCountsJunk(string value, string expected, int failures)
    {
        var runtime = new SimulatedRuntime();
        var stats = new StatsStore();
        var faults = new FaultList();
        var predicate = new InputPredicateConfig(Header("k"), new AddressInputMatcherConfig([new CidrRange(IPAddress.Parse("10.0.0.0"), 8)], "p"));
        var matcher = new MatcherCompiler<string>(Enum.GetValues<MatchInputKind>(), static (action, _) => (string)action, faults) { Stats = new StatScope(stats) }.Compile(When(predicate), "m");
        faults.ThrowIfAny();

        matcher.Decide(new MatchData { Worker = runtime.Main, RequestHeaders = Headers(("k", value)) }, out var action);

        action.Should().Be(expected);
        stats.Snapshot().Single(static group => group.Prefix == "p.").Shard(runtime.Main).Read(AddressPredicate.Failed).Should().Be(failures);
    }

    [TestCase("10.1.0.0", "yes")]
    [TestCase("10.2.0.0", "no")]
    public void AddressPredicate_OfAConnection_ComparesItsAddress(string range, string expected)
    {
        var ranges = new AddressInputMatcherConfig([new CidrRange(IPAddress.Parse(range), 16)], "p");
        var predicate = new InputPredicateConfig(new MatchInputConfig(MatchInputKind.DirectSourceIp), ranges);
        Play(When(predicate), Connection()).Should().Be(expected);
    }

    [TestCase(100u, "yes")]
    [TestCase(0u, "no")]
    public void FractionPredicate_TakesAShareOfThoseWithAValue(uint percent, string expected)
    {
        var predicate = new InputPredicateConfig(Header("k"), new FractionInputMatcherConfig(new FractionConfig(percent), 1));
        Play(When(predicate), ("k", "v")).Should().Be(expected);
        Play(When(predicate)).Should().Be("no");
    }

    [TestCase("a", "yes")]
    [TestCase("eee", "yes")]
    [TestCase("q.a.test", "no")]
    public void HashPredicate_ComparesTheHash(string value, string expected) =>
        Play(When(new InputPredicateConfig(Header("k"), new HashInputMatcherConfig(5, 10, 7))), ("k", value)).Should().Be(expected);

    private static string Read(MatchInputKind kind, string? name, in MatchData data)
    {
        Span<byte> room = stackalloc byte[MatchInput.Room];
        var state = MatchInputs.Create(new MatchInputConfig(kind, name)).Read(data, room, out var value);
        return state == InputState.Present ? Encoding.UTF8.GetString(value) : $"({state})";
    }
}
