using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V1.Rest;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.V1;

public sealed class V1RestSubscriptionTests : HttpMessageHandler, IResourceWatcher, ILoggerFactory, ILogger
{
    private const string OneHost = """{"hosts": [{"ip_address": "10.0.0.1", "port": 80}]}""";

    private readonly SimulatedRuntime _runtime = new();
    private readonly StatsStore _stats = new();
    private readonly List<string> _requests = [];
    private readonly List<string> _told = [];
    private readonly List<string> _log = [];
    private Func<HttpResponseMessage?> _answer = static () => Answer(OneHost);
    private IReadOnlyList<ConfigFault> _faults = [];
    private V1RestSubscription? _subscription;

    [TestCase(ResourceKind.Endpoints, "/v1/registration/a|b")]
    [TestCase(ResourceKind.Cluster, "/v1/clusters/us/me")]
    [TestCase(ResourceKind.Listener, "/v1/listeners/us/me")]
    [TestCase(ResourceKind.Routes, "/v1/routes/a|b/us/me")]
    public void Request_PathNamesWhatIsAskedForAndWhoAsks(int kind, string path)
    {
        Start((ResourceKind)kind);

        _requests.Should().Equal($"GET {path} host: the cluster");
    }

    [TestCase("a b/c?d#e", "/v1/registration/a%20b/c?d#e")]
    [TestCase("a\r\nx: y", "/v1/registration/a%0D%0Ax:%20y")]
    [TestCase("\u00fc%", "/v1/registration/%C3%BC%")]
    [TestCase("../a|b{}", "/v1/registration/../a|b{}")]
    public void Request_NameStandsAsItIsButForWhatNoRequestLineHolds(string name, string path)
    {
        Start(name: name);

        _requests.Should().Equal($"GET {path} host: the cluster");
    }

    [Test]
    public void Answer_Unchanged_CountsAsSuccessAndIsNotTakenAgain()
    {
        Start();

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        _told.Should().ContainSingle();
        Count("update_success").Should().Be(Count("update_attempt")).And.BeGreaterThan(1);
    }

    [Test]
    public void Answer_ThatTheWatcherRefused_IsTakenAgain()
    {
        Start();
        _answer = static () => Answer("""{"hosts": []}""");
        _faults = [new ConfigFault("", "no")];
        _runtime.Advance(TimeSpan.FromSeconds(20.1));
        _faults = [];
        _answer = static () => Answer(OneHost);
        _told.Clear();

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        _told.Should().ContainSingle("a part of the refused answer may be in effect").Which.Should().EndWith(": 1");
    }

    [Test]
    public void Answer_IsTaken_ItsVersionIsTheHashOfItsBytes()
    {
        Start();

        var hash = System.IO.Hashing.XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(OneHost));
        _told.Should().Equal($"hash_{hash:x16}: 1");
        Count("update_attempt").Should().Be(1);
        Count("update_success").Should().Be(1);
        Gauge("version").Should().Be(unchecked((long)hash));
    }

    [Test]
    public void Poll_PausesBetweenOneAndTwoDelays()
    {
        Start();

        _runtime.Advance(TimeSpan.FromSeconds(9.99));
        _requests.Should().ContainSingle();
        _runtime.Advance(TimeSpan.FromSeconds(10.02));

        _requests.Should().HaveCount(2);
    }

    [TestCase(500, OneHost)]
    [TestCase(304, "")]
    [TestCase(200, "")]
    [TestCase(200, "{ no json")]
    [TestCase(200, """{"hosts": [{"ip_address": "10.0.0.1"}]}""")]
    public void Answer_ThatIsNone_CountsAsFailureAndLeavesEverything(int status, string body)
    {
        _answer = () => Answer(body, status);
        Start();

        _told.Should().Equal("given up");
        Count("update_failure").Should().Be(1);
        Count("update_rejected").Should().Be(0, "the first API never counts there");
        Count("update_success").Should().Be(0);
    }

    [Test]
    public void Answer_RefusedByTheWatcher_CountsAsFailure()
    {
        _faults = [new ConfigFault("", "no")];
        Start();

        Count("update_failure").Should().Be(1);
        Count("update_success").Should().Be(0);
    }

    [Test]
    public void Answer_NotWithinASecond_IsAFailure()
    {
        _answer = static () => null;
        Start();
        _runtime.Advance(TimeSpan.FromMilliseconds(990));
        Count("update_failure").Should().Be(0);

        _runtime.Advance(TimeSpan.FromMilliseconds(20));

        Count("update_failure").Should().Be(1);
        _told.Should().Equal("given up");
    }

    [Test]
    public void Failure_ThenAnswer_GoesOn()
    {
        _answer = static () => throw new HttpRequestException("refused");
        Start();
        _answer = static () => Answer(OneHost);

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        _told.Should().HaveCountGreaterThan(1).And.StartWith("given up");
        Count("update_success").Should().BePositive();
    }

    [Test]
    public void Listener_AtItsAddress_IsUpdated()
    {
        _answer = static () => Answer(Listener(1000));
        Start(ResourceKind.Listener);
        _answer = static () => Answer(Listener(1000).Replace("[]", """[{"name": "echo", "config": {}}]""", StringComparison.Ordinal));

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        Count("update_failure").Should().Be(0);
        _told.Should().HaveCount(2);
    }

    [TestCase(ResourceKind.Listener, LogLevel.Information)]
    [TestCase(ResourceKind.Endpoints, LogLevel.Debug)]
    public void Failure_OfTheNetwork_IsNoMoreThanAWordInTheLog(int kind, LogLevel level)
    {
        _answer = static () => Answer("", 503);
        Start((ResourceKind)kind);

        _log.Should().Equal($"{level}: /v1/{((ResourceKind)kind == ResourceKind.Listener ? "listeners/us/me" : "registration/a|b")} of the cluster failed: status 503");
    }

    [Test]
    public void Answer_Bad_IsAWarningInTheTermsOfTheAnswer()
    {
        _answer = static () => Answer(Listener(1000));
        _faults = [new ConfigFault("l.filter_chains[0].transport_socket", "no")];
        Start(ResourceKind.Listener);

        _log.Should().Equal("Warning: /v1/listeners/us/me of the cluster failed: answer.json:1:76 listeners[0].filters: no");
    }

    [Test]
    public void Setting_WithoutEffect_IsAWarningOnce()
    {
        const string Clusters = """{"clusters": [{"name": "a", "type": "static", "lb_type": "random", "connect_timeout_ms": 1, "service_name": "s", "hosts": [{"url": "tcp://127.0.0.1:1"}]}]}""";
        _answer = static () => Answer(Clusters);
        Start(ResourceKind.Cluster);

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        _log.Should().ContainSingle().Which.Should().StartWith("Warning: /v1/clusters/us/me of the cluster: answer.json:1:").And.Contain("clusters[0].service_name: warning: is left out");
    }

    [Test]
    public void Listener_WithAnotherAddress_RefusesTheAnswer()
    {
        _answer = static () => Answer(Listener(1000));
        Start(ResourceKind.Listener);
        _answer = static () => Answer(Listener(1001));

        _runtime.Advance(TimeSpan.FromSeconds(20.1));

        Count("update_success").Should().Be(1);
        Count("update_failure").Should().BePositive();
        _told.Where(static told => told.StartsWith("hash_", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Test]
    public void Dispose_AsksNoMore()
    {
        Start();
        _runtime.Run(_runtime.Main, () => _subscription!.Dispose());

        _runtime.Advance(TimeSpan.FromSeconds(100));

        _requests.Should().ContainSingle();
    }

    ValueTask<IReadOnlyList<ConfigFault>> IResourceWatcher.UpdateAsync(ResourceUpdate update)
    {
        _told.Add($"{update.Version}: {update.Resources.Count}");
        return new(_faults);
    }

    void IResourceWatcher.GiveUp() => _told.Add("given up");

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Add($"{logLevel}: {formatter(state, exception)}");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery} host: {string.Join(',', request.Headers.NonValidated["host"])}");
        if (_answer() is { } response)
        {
            return Task.FromResult(response);
        }

        var never = new TaskCompletionSource<HttpResponseMessage>();
        cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
        return never.Task;
    }

    private static string Listener(int port) => $$"""{"listeners": [{"name": "l", "address": "tcp://127.0.0.1:{{port}}", "filters": []}]}""";

    private static HttpResponseMessage Answer(string text, int status = 200) => new((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };

    private void Start(ResourceKind kind = ResourceKind.Endpoints, string name = "a|b")
    {
        var source = new V1RestSourceConfig("the cluster", TimeSpan.FromSeconds(10));
        var context = new ResourceContext
        {
            Main = _runtime.Main,
            Clusters = new ValidatingClusterManager([]),
            Stats = _stats,
            Loggers = this,
            Node = new NodeConfig { Id = "me", Cluster = "us" },
        };
        _runtime.Run(_runtime.Main, () =>
        {
            var counters = SubscriptionCounters.Create(_stats, _stats.CreateScope(), "x.", _runtime.Main);
            _subscription = V1RestSubscription.Start(source, new ResourceRequest(source, kind, [name], counters), this, context, new HttpMessageInvoker(this, disposeHandler: false));
        });
        _runtime.RunUntilIdle();
    }

    private long Count(string name) => _stats.Reader.Read(full => full == "x." + name).Counters.Single().Value;

    private long Gauge(string name) => _stats.Reader.Read(full => full == "x." + name).Gauges.Single().Value;
}
