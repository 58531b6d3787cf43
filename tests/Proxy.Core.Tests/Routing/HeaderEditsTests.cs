using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Routing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HeaderEditsTests : SimulatedFixture
{
    [TestCase(HeaderAppendAction.AppendIfExistsOrAdd, "old", "old,new")]
    [TestCase(HeaderAppendAction.AppendIfExistsOrAdd, null, "new")]
    [TestCase(HeaderAppendAction.AddIfAbsent, "old", "old")]
    [TestCase(HeaderAppendAction.AddIfAbsent, null, "new")]
    [TestCase(HeaderAppendAction.OverwriteIfExistsOrAdd, "old", "new")]
    [TestCase(HeaderAppendAction.OverwriteIfExistsOrAdd, null, "new")]
    [TestCase(HeaderAppendAction.OverwriteIfExists, "old", "new")]
    [TestCase(HeaderAppendAction.OverwriteIfExists, null, "")]
    public void Addition_FollowsItsAction(HeaderAppendAction action, string? before, string expected)
    {
        Values(Edit([new HeaderAddition("X-K", "new") { Action = action }], before is null ? [] : [("x-k", before)])).Should().Be(expected);
    }

    [Test]
    public void Additions_OneList_OverwritesLandBeforeAppends()
    {
        Values(Edit([new HeaderAddition("x-k", "a"), new HeaderAddition("x-k", "b") { Action = HeaderAppendAction.OverwriteIfExistsOrAdd }], [("x-k", "old")]))
            .Should().Be("b,a");
    }

    [Test]
    public void Additions_OneList_SeeTheHeadersBeforeTheList()
    {
        Values(Edit([new HeaderAddition("x-k", "1") { Action = HeaderAppendAction.AddIfAbsent }, new HeaderAddition("x-k", "2") { Action = HeaderAppendAction.AddIfAbsent }], []))
            .Should().Be("1,2");
    }

    [Test]
    public void Addition_EmptyValue_IsLeftOutUnlessKept()
    {
        Edit([new HeaderAddition("x-k", "%REQ(x-none)%")], []).Contains("x-k"u8).Should().BeFalse();
        Edit([new HeaderAddition("x-k", "%REQ(x-none)%") { KeepEmptyValue = true }], []).Contains("x-k"u8).Should().BeTrue();
    }

    [Test]
    public void Addition_HeaderThatIsKeptOnce_IsJoined()
    {
        var request = Edit([new HeaderAddition("accept", "b")], [("accept", "a")]);

        request.Text("accept").Should().Be("a,b");
        request.Remove("accept"u8).Should().Be(1);
    }

    [Test]
    public void Removal_ComesBeforeAdditions()
    {
        var request = RoutingFixture.Request(headers: [("x-k", "old"), ("x-k", "older"), ("x-stay", "1")]);
        Apply(new HeaderEditsConfig { RequestRemovals = ["X-K"], RequestAdditions = [new HeaderAddition("x-k", "new") { Action = HeaderAppendAction.AddIfAbsent }] }, request);

        Values(request).Should().Be("new");
        request.Text("x-stay").Should().Be("1");
    }

    [TestCase(false, "cluster,route,host,table")]
    [TestCase(true, "cluster,table,host,route")]
    public void Levels_RunInEnvoysOrder(bool mostSpecificWins, string expected)
    {
        HeaderEditsConfig Level(string name) => new() { RequestAdditions = [new HeaderAddition("x-k", name)] };
        var table = RoutingFixture.Table(new RouteConfig
        {
            Match = new RouteMatchConfig(PathMatchKind.Prefix, "/"),
            Action = new ForwardActionConfig { WeightedClusters = [new WeightedClusterConfig("c", 1) { Edits = Level("cluster") }] },
            Edits = Level("route"),
        });
        table = table with { Edits = Level("table"), MostSpecificEditsWin = mostSpecificWins, VirtualHosts = [table.VirtualHosts[0] with { Edits = Level("host") }] };
        var request = RoutingFixture.Request();

        RouteTable.Compile(table, new RouteTableContext()).Find(request)!.RequestEdits.Apply(request, Entry(request));

        Values(request).Should().Be(expected);
    }

    [TestCase(":path", "v")]
    [TestCase("Host", "v")]
    [TestCase("", "v")]
    [TestCase("a\nb", "v")]
    [TestCase("a", "v\r")]
    [TestCase("a", "%BOGUS%")]
    public void Compile_BadNameOrValue_IsRefused(string name, string value)
    {
        var faults = new FaultList();

        HeaderEdits.Compile(new HeaderEditsConfig { RequestAdditions = [new HeaderAddition(name, value)] }, request: true, FormatEnvironment.Empty, "", faults);

        faults.Count.Should().Be(1);
    }

    [Test]
    public void Apply_SteadyState_AllocatesNothing()
    {
        var edits = HeaderEdits.Compile(
            new HeaderEditsConfig { RequestRemovals = ["x-a"], RequestAdditions = [new HeaderAddition("x-a", "%REQ(:path)%-%PROTOCOL%"), new HeaderAddition("x-b", "1")] },
            request: true, FormatEnvironment.Empty, "", new FaultList())!;
        var (map, scratch) = (new HeaderMap(), new HeaderEditScratch());
        Once();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Once();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Once()
        {
            map.Clear();
            map.Add(KnownHeader.Path, "/p"u8);
            map.Add("x-a"u8, "old"u8);
            edits.Apply(map, Entry(map), scratch);
        }
    }

    private readonly StreamInfo _info = new();

    private AccessLogEntry Entry(HeaderMap request) => new() { Worker = Worker, Info = _info, RequestHeaders = request };

    private HeaderMap Edit(ConfigList<HeaderAddition> additions, (string, string)[] headers)
    {
        var request = RoutingFixture.Request(headers: headers);
        Apply(new HeaderEditsConfig { RequestAdditions = additions }, request);
        return request;
    }

    private void Apply(HeaderEditsConfig config, HeaderMap request)
    {
        var faults = new FaultList();
        var edits = HeaderEdits.Compile(config, request: true, FormatEnvironment.Empty, "", faults)!;
        faults.ThrowIfAny();
        edits.Apply(request, Entry(request), new HeaderEditScratch());
    }

    private static string Values(HeaderMap headers)
    {
        var values = new List<string>();
        foreach (var field in headers)
        {
            if (field.Name.SequenceEqual("x-k"u8))
            {
                values.Add(System.Text.Encoding.Latin1.GetString(field.Value));
            }
        }

        return string.Join(',', values);
    }
}
