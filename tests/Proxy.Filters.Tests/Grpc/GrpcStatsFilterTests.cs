using Proxy.Configuration.Filters;

namespace Proxy.Filters.Tests.Grpc;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcStatsFilterTests : GrpcFixture
{
    [Test]
    public void AllMethods_AreToldApart()
    {
        StartWith(new GrpcStatsConfig { AllMethods = true });
        Serve("/pkg.S/Ok?q", Message + Message, Reply(Message, "grpc-status: 0\r\n"));
        Serve("/pkg.S/Bad", Message, HeadOnly("grpc-status: 5\r\n"));

        Stat("cluster.app.grpc.pkg.S.Ok.success").Should().Be(1);
        Stat("cluster.app.grpc.pkg.S.Ok.failure").Should().Be(0);
        Stat("cluster.app.grpc.pkg.S.Ok.total").Should().Be(1);
        Stat("cluster.app.grpc.pkg.S.Ok.request_message_count").Should().Be(2);
        Stat("cluster.app.grpc.pkg.S.Ok.response_message_count").Should().Be(1);
        Stat("cluster.app.grpc.pkg.S.Bad.failure").Should().Be(1);
        CodeStat("cluster.app.grpc.pkg.S.Bad.", 5).Should().Be(1);
        CodeStat("cluster.app.grpc.pkg.S.Ok.", 0).Should().Be(1);
    }

    [Test]
    public void ListedMethods_AreToldApartFromTheRest()
    {
        StartWith(new GrpcStatsConfig { Methods = [new GrpcServiceMethods("pkg.S", ["Ok"])], ReplaceDots = true });
        Serve("/pkg.S/Ok", Message, Reply(Message, "grpc-status: 0\r\n"));
        Serve("/pkg.S/Other", Message, Reply(Message, "grpc-status: 0\r\n"));
        Serve("/odd", Message, Reply(Message, "grpc-status: x\r\n"));

        Stat("cluster.app.grpc.pkg_S.Ok.total").Should().Be(1);
        Stat("cluster.app.grpc.total").Should().Be(2);
        Stat("cluster.app.grpc.failure").Should().Be(1);
    }

    [Test]
    public void FurtherMethods_BeyondTheBound_AreCountedTogether()
    {
        StartWith(new GrpcStatsConfig { AllMethods = true });
        for (var i = 0; i <= 1000; i++)
        {
            Serve($"/s/m{i}", "", HeadOnly("grpc-status: 0\r\n"));
        }

        Stat("cluster.app.grpc.s.m999.total").Should().Be(1);
        Stat("cluster.app.grpc.total").Should().Be(1);
    }

    [Test]
    public void Counts_AreLeftForLogs()
    {
        LogText = "%FILTER_STATE(envoy.filters.http.grpc_stats)%";
        StartWith(new GrpcStatsConfig { EmitFilterState = true });
        Serve("/s/m", Message + Message, Reply(Message, "grpc-status: 0\r\n"));

        Log.Should().Equal("2,1");
    }

    [Test]
    public void Times_AreRecordedWhereWanted()
    {
        StartWith(new GrpcStatsConfig { AllMethods = true, RecordTimes = true });
        Runtime.Advance(10);
        Serve("/s/m", Message, Reply(Message, "grpc-status: 0\r\n"));

        Store.Snapshot().Where(static group => group.Schema.Histograms.Count > 0).Select(static group => group.Prefix).Should().Contain("cluster.app.grpc.s.m.");
    }

    [Test]
    public void OtherRequests_AreNotCounted()
    {
        StartWith(new GrpcStatsConfig { AllMethods = true });
        Client().Send(Call("/s/m", "application/grpc-web", Message));
        Upstream.Accept().Send(Reply(Message, "grpc-status: 0\r\n"));

        Store.Snapshot().Should().NotContain(group => group.Prefix.Contains("grpc"));
    }

    private void Serve(string path, string body, string reply)
    {
        var client = Client().Send(Call(path, "application/grpc", body));
        var upstream = Upstream.Accept();
        upstream.Send(reply);
        client.Close();
        upstream.Close();
    }

    private long CodeStat(string prefix, int code)
    {
        var group = Store.Snapshot().Single(group => group.Prefix == prefix && group.Schema.CodeFamilies.Count > 0);
        return group.Shards.ToArray().Sum(shard => shard?.Family(0) is { } codes ? Enumerable.Range(0, codes.Count).Select(codes.At).Where(at => at.Status == code).Sum(static at => at.Value) : 0);
    }
}
