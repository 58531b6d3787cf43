using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Core.Tests.Clusters;
using Proxy.Hosting;
using Proxy.Observability.AccessLogs;
using Proxy.Resources;
using Proxy.Resources.Extensions;

namespace Proxy.Core.Tests.Resources;

/// <summary>Configurations of filters that come from a source. A filter here is the text that its configuration is.</summary>
public sealed class ExtensionDiscoveryTests : ClusterFixture
{
    private static readonly DiscoveredFilterConfig Plain = new(FakeSource.Config, ["Text"]);

    private readonly FakeSource _source = new();
    private readonly ExtensionDiscovery _extensions;

    public ExtensionDiscoveryTests()
    {
        Manager.Resources.Open([_source]);
        _extensions = new ExtensionDiscovery(Manager.Resources, Runtime.Main, Stats);
    }

    [Test]
    public void Watch_BeforeTheFirstAnswer_IsWaitedFor()
    {
        var scope = new ResourceScope();
        var filter = Watch(Plain, scope);
        scope.IsReady.Should().BeFalse();
        filter.Current.Should().BeNull();

        Answer("one").Should().BeEmpty();

        scope.IsReady.Should().BeTrue();
        Made(filter).Should().Be("one");
        Count("config_reload").Should().Be(1);
    }

    [Test]
    public void GiveUp_WithDefault_UsesIt()
    {
        var scope = new ResourceScope();
        var filter = Watch(Plain with { Default = "default" }, scope);
        filter.Current.Should().BeNull("the default is for when nothing comes");

        _source.GiveUp(ResourceKind.Extension);

        scope.IsReady.Should().BeTrue();
        Made(filter).Should().Be("default");
        Count("config_fail").Should().Be(1);
    }

    [Test]
    public void Watch_StartsWithDefault_WaitsForNothing()
    {
        var scope = new ResourceScope();
        var filter = Watch(Plain with { Default = "default", StartsWithDefault = true }, scope);

        scope.IsReady.Should().BeTrue();
        Made(filter).Should().Be("default");
    }

    [Test]
    public void Watch_StartsWithDefaultButHasNone_IsRefused()
    {
        var act = () => Watch(Plain with { StartsWithDefault = true }, new ResourceScope());
        act.Should().Throw<ConfigException>().WithMessage("*default_config*");
    }

    [Test]
    public void Answer_AnotherType_IsRefusedAndTheLastGoesOn()
    {
        var filter = Watch(Plain, new ResourceScope());
        Answer("one");

        _source.Answer(ResourceKind.Extension, "2", ("f", new ExtensionConfig("Number", "two"))).Should().ContainSingle().Which.Should().Contain("Number");

        Made(filter).Should().Be("one");
    }

    [Test]
    public void Answer_OneChainCannotUseIt_NoneDoes()
    {
        var first = Watch(Plain, new ResourceScope());
        var second = Watch(Plain, new ResourceScope(), refuses: "bad");
        Answer("good");

        Answer("bad").Should().NotBeEmpty();

        Made(first).Should().Be("good");
        Made(second).Should().Be("good");
    }

    [Test]
    public void Answer_SameConfiguration_ReloadsNothing()
    {
        var filter = Watch(Plain, new ResourceScope());
        Answer("one");
        var made = filter.Current;

        Answer("one");

        filter.Current.Should().BeSameAs(made);
        Count("config_reload").Should().Be(1);
    }

    [Test]
    public void Watch_SecondChain_HasWhatIsKnownAndSharesTheSubscription()
    {
        var (first, second) = (new ResourceScope(), new ResourceScope());
        Watch(Plain, first);
        Answer("one");

        Made(Watch(Plain, second)).Should().Be("one");
        second.IsReady.Should().BeTrue();
        first.Dispose();
        _source.Log.Should().Equal("Extension f");
        second.Dispose();

        _source.Log.Should().Equal("Extension f", "end Extension f");
        _extensions.Subscriptions.Should().BeEmpty();
    }

    [Test]
    public void Answer_FilterWaitsForSomething_FormerGoesOnMeanwhile()
    {
        Action? arrived = null;
        var scope = new ResourceScope();
        var filter = ExtensionDiscovery.Watch<string>(ExtensionFamily.Http, new FilterConfig("f", Plain), Context(scope), (config, context) =>
        {
            arrived = config is "slow" ? context.Scope!.Await("routes") : arrived;
            return _ => (string)config;
        });
        Answer("one");

        Answer("slow");
        Made(filter).Should().Be("one");
        arrived!();

        Made(filter).Should().Be("slow");
    }

    private string? Made(FilterSource<string> filter) => filter.Current?.Invoke(Runtime.Main);

    private FilterSource<string> Watch(DiscoveredFilterConfig discovery, ResourceScope scope, string? refuses = null) => ExtensionDiscovery.Watch<string>(
        ExtensionFamily.Http, new FilterConfig("f", discovery), Context(scope), (config, _) => config as string == refuses ? throw new ConfigException("", "not here") : _ => (string)config);

    private List<string> Answer(string text) => _source.Answer(ResourceKind.Extension, text, ("f", new ExtensionConfig("Text", text)));

    private FilterFactoryContext Context(ResourceScope scope) => new()
    {
        Main = Runtime.Main,
        Clusters = Manager,
        Stats = Stats.CreateScope(),
        AccessLogs = new DefaultAccessLogFactory(Proxy.Observability.FormatEnvironment.Empty, null, [], RuntimeSnapshot.Empty),
        Filters = new FilterRegistry([], [], []),
        Loggers = NullLoggerFactory.Instance,
        Services = null!,
        Node = new NodeConfig(),
        Runtime = RuntimeSnapshot.Empty,
        Drain = new DrainState(),
        Scope = scope,
        Extensions = _extensions,
    };

    private double Count(string name) => Stats.Reader.Read(full => full == "extension_config_discovery.http_filter.f." + name).Counters.Single().Value;
}
