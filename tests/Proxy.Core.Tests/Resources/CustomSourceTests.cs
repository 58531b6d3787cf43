using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Discovery;
using Proxy.Core.Tests.Clusters;
using Proxy.Resources;

namespace Proxy.Core.Tests.Resources;

/// <summary>Sources of the application's own, as a cluster sees them.</summary>
public sealed class CustomSourceTests : ClusterFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConfigFeed _feed = new("feed");
    private readonly ScriptedSource _scripted = new();

    public CustomSourceTests() => Manager.Resources.Open([Sources(_feed, _scripted)]);

    [Test]
    public async Task Feed_Set_IsInEffectWhenTheTaskCompletes()
    {
        Add(From("feed"));
        Manager.Find(Worker, "c").Should().BeNull("it waits for its hosts");

        (await SetAsync(A)).Should().BeEmpty();
        Choose()!.EndPoint.Should().Be(A);

        (await SetAsync(B)).Should().BeEmpty();
        Choose()!.EndPoint.Should().Be(B);
        Stat("update_success").Should().Be(2);
    }

    [Test]
    public async Task Feed_SetBeforeAnybodyWatches_IsThereAtOnce()
    {
        (await SetAsync(A)).Should().BeEmpty();

        Add(From("feed"));
        Runtime.RunUntilIdle();

        Choose()!.EndPoint.Should().Be(A);
    }

    [Test]
    public async Task Feed_BreaksARule_IsToldAndTheLastStateStays()
    {
        Add(From("feed"));
        await SetAsync(A);

        var faults = await SetAsync(new EndpointAssignmentConfig("c") { Endpoints = [new LocalityEndpointsConfig { Priority = 200, Endpoints = [Endpoint(B)] }] });

        faults.Select(static fault => fault.ToString()).Should().Equal("endpoints[0].priority: must be between 0 and 128");
        Choose()!.EndPoint.Should().Be(A);
        Stat("update_rejected").Should().Be(1);
    }

    [TestCase("a text", "c: cannot be String")]
    [TestCase(null, "c: is called 'other' inside")]
    public async Task Feed_NotSuchAResource_IsRefused(object? resource, string fault)
    {
        Add(From("feed"));

        var faults = await SetAsync(resource ?? new EndpointAssignmentConfig("other"));

        faults.Select(static fault => fault.ToString()).Should().Equal(fault);
    }

    [Test]
    public void Feed_OtherNames_AreNotMistakenForIts()
    {
        Add(From("feed"));

        _ = _feed.SetAsync(ResourceKind.Endpoints, "other", Hosts("other", B));
        Runtime.RunUntilIdle();

        Choose().Should().BeNull("none of the hosts is its own");
    }

    [Test]
    public void Source_Fails_BeginsAgainAfterGrowingPausesAndHostsStay()
    {
        Add(From("scripted"));
        _scripted.Write("1", Hosts("c", A));
        Runtime.RunUntilIdle();

        FailAndWait(1);
        _scripted.Starts.Should().Be(1);
        Choose()!.EndPoint.Should().Be(A);

        Runtime.Advance(TimeSpan.FromSeconds(1));
        _scripted.Starts.Should().Be(2);
        FailAndWait(2);
        Runtime.Advance(TimeSpan.FromMilliseconds(900));
        _scripted.Starts.Should().Be(2, "the second pause is between one and two seconds");
        Runtime.Advance(TimeSpan.FromMilliseconds(1100));
        _scripted.Starts.Should().Be(3);
    }

    [Test]
    public void Source_EndsByItself_WhatItBroughtStays()
    {
        Add(From("scripted"));
        _scripted.Write("1", Hosts("c", A));
        _scripted.End();
        Runtime.Advance(TimeSpan.FromMinutes(1));

        Choose()!.EndPoint.Should().Be(A);
        _scripted.Starts.Should().Be(1);
        Stat("update_failure").Should().Be(0);
    }

    [Test]
    public void Source_TellsThatNothingChanged_HostsStay()
    {
        Add(From("scripted"));
        _scripted.Write("1", Hosts("c", A));
        Runtime.RunUntilIdle();

        _scripted.Updates.TryWrite(new ConfigUpdate("2", new Dictionary<string, object>()) { IsComplete = false });
        Runtime.RunUntilIdle();

        Choose()!.EndPoint.Should().Be(A);
    }

    [Test]
    public void Watcher_Leaves_SourceIsToldToStop()
    {
        Add(From("scripted"));
        _scripted.Token.IsCancellationRequested.Should().BeFalse();

        Runtime.Run(Runtime.Main, () => Manager.Remove("c"));

        _scripted.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Test]
    public async Task Watcher_LeavesBeforeAnUpdateIsTaken_ItsResultIsCancelled()
    {
        Add(From("scripted"));
        ConfigUpdate? update = null;

        Runtime.Run(Runtime.Main, () =>
        {
            update = _scripted.Write("1", Hosts("c", A));
            Manager.Remove("c");
        });
        Runtime.RunUntilIdle();

        await FluentActions.Awaiting(() => update!.Result.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public void Configuration_NamesNoSource_IsRefused()
    {
        var act = () => Manager.AddOrUpdate(From("nowhere"));

        act.Should().Throw<ConfigException>().WithMessage("*'nowhere'*AddConfigSource*");
    }

    [Test]
    public void TwoSources_OfOneName_AreRefused()
    {
        var act = () => Sources(new ConfigFeed("twin"), new ConfigFeed("twin"));

        act.Should().Throw<ConfigException>().WithMessage("*'twin'*");
    }

    private static ClusterConfig From(string source) => new()
    {
        Name = "c",
        Type = ClusterType.Eds,
        EndpointDiscovery = new EndpointDiscoveryConfig(new CustomSourceConfig(source)),
    };

    private static EndpointAssignmentConfig Hosts(string name, params IPEndPoint[] hosts) =>
        new(name) { Endpoints = [new LocalityEndpointsConfig { Endpoints = hosts.Select(host => Endpoint(host)).ToConfigList() }] };

    // The task ends on a thread of the pool.
    private void FailAndWait(int failures)
    {
        _scripted.Fail();
        SpinWait.SpinUntil(
            () =>
            {
                Runtime.RunUntilIdle();
                return Stat("update_failure") == failures;
            },
            Patience).Should().BeTrue();
    }

    private CustomResourceSource Sources(params IConfigSource[] sources) => new(sources, new ResourceContext
    {
        Main = Runtime.Main,
        Clusters = Manager,
        Stats = Stats,
        Loggers = NullLoggerFactory.Instance,
        Node = new NodeConfig(),
    });

    private Task<IReadOnlyList<ConfigFault>> SetAsync(params IPEndPoint[] hosts) => SetAsync(Hosts("c", hosts));

    private Task<IReadOnlyList<ConfigFault>> SetAsync(object resource)
    {
        var set = _feed.SetAsync(ResourceKind.Endpoints, "c", resource);
        Runtime.RunUntilIdle();
        return set.WaitAsync(Patience);
    }

    /// <summary>A source whose task the test plays. It runs where it is told things, so that nothing happens between two calls.</summary>
    private sealed class ScriptedSource : IConfigSource
    {
        private TaskCompletionSource _run = new();

        public string Name => "scripted";

        public int Starts { get; private set; }

        public CancellationToken Token { get; private set; }

        public ChannelWriter<ConfigUpdate> Updates { get; private set; } = null!;

        public Task WatchAsync(ConfigWatch watch, ChannelWriter<ConfigUpdate> updates, CancellationToken cancellationToken)
        {
            watch.Should().BeEquivalentTo(new ConfigWatch(ResourceKind.Endpoints, ["c"]));
            (Updates, Token, _run) = (updates, cancellationToken, new TaskCompletionSource());
            Starts++;
            return _run.Task;
        }

        public ConfigUpdate Write(string version, EndpointAssignmentConfig assignment)
        {
            var update = new ConfigUpdate(version, new Dictionary<string, object> { [assignment.Name] = assignment });
            Updates.TryWrite(update).Should().BeTrue();
            return update;
        }

        public void Fail() => _run.SetException(new InvalidOperationException("the database is gone"));

        public void End() => _run.SetResult();
    }
}
