using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.Xds.Rest;
using Proxy.Hosting;
using Proxy.Resources;
using Proxy.Stats;
using Proxy.Workers.Simulated;

namespace Proxy.Discovery.Tests.Xds;

public sealed class RestSubscriptionTests : HttpMessageHandler, IResourceWatcher
{
    private readonly SimulatedRuntime _runtime = new();
    private readonly StatsStore _stats = new();
    private readonly List<(string Path, JsonNode Body)> _requests = [];
    private readonly List<string> _told = [];
    private Func<HttpResponseMessage?> _answer = static () => new HttpResponseMessage(HttpStatusCode.NotModified);
    private RestSubscription? _subscription;

    [Test]
    public void Poll_Answer_IsTakenAndItsVersionNamedNextTime()
    {
        _answer = () => Json(Answer("1", "a"));
        Start();

        _runtime.Advance(TimeSpan.FromSeconds(2.1));

        _told.Should().StartWith("1: a");
        _requests[0].Path.Should().Be("/v3/discovery:clusters");
        _requests[0].Body["type_url"]!.GetValue<string>().Should().Be("type.googleapis.com/envoy.config.cluster.v3.Cluster");
        _requests[0].Body["node"]!["id"]!.GetValue<string>().Should().Be("me");
        _requests[0].Body["version_info"].Should().BeNull();
        _requests[1].Body["version_info"]!.GetValue<string>().Should().Be("1");
    }

    [Test]
    public void Poll_NothingNew_LeavesEverything()
    {
        Start();

        _told.Should().BeEmpty();
        Count("update_attempt").Should().Be(1);
        Count("update_failure").Should().Be(0);
    }

    [Test]
    public void Poll_PausesBetweenOneAndTwoDelays()
    {
        Start();

        _runtime.Advance(TimeSpan.FromSeconds(0.99));
        _requests.Should().ContainSingle();
        _runtime.Advance(TimeSpan.FromSeconds(1.02));

        _requests.Should().HaveCountGreaterThan(1);
    }

    [TestCase("{ not json")]
    [TestCase("""{"version_info": "2", "resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": ""}]}""")]
    public void Poll_BrokenAnswer_IsRefusedAndAskedForAgain(string body)
    {
        _answer = () => Json(body);
        Start();
        _answer = () => Json(Answer("3", "a"));

        _runtime.Advance(TimeSpan.FromSeconds(2.1));

        _told.Should().StartWith("given up").And.Contain("3: a");
        Count("update_rejected").Should().Be(1);
        _requests[1].Body["version_info"].Should().BeNull("the broken one was not taken");
    }

    [Test]
    public void Poll_ErrorStatus_Counts()
    {
        _answer = static () => new HttpResponseMessage(HttpStatusCode.InternalServerError);
        Start();

        Count("update_failure").Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Poll_AnswerWithoutEnd_IsAFailureAndTheNextOneIsTaken(bool saysItsLength)
    {
        _answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new EndlessContent(saysItsLength) };
        Start();
        Count("update_failure").Should().Be(1);
        _answer = () => Json(Answer("1", "a"));

        _runtime.Advance(TimeSpan.FromSeconds(2.1));

        _told.Should().StartWith("1: a");
    }

    [Test]
    public void Poll_NoAnswerInTime_Counts()
    {
        _answer = static () => null;
        Start();
        Count("update_failure").Should().Be(0);

        _runtime.Advance(TimeSpan.FromSeconds(1.1));

        Count("update_failure").Should().Be(1);
    }

    [Test]
    public void Dispose_AsksNoMore()
    {
        Start();
        _runtime.Run(_runtime.Main, () => _subscription!.Dispose());

        _runtime.Advance(TimeSpan.FromSeconds(10));

        _requests.Should().ContainSingle();
    }

    ValueTask<IReadOnlyList<ConfigFault>> IResourceWatcher.UpdateAsync(ResourceUpdate update)
    {
        _told.Add($"{update.Version}: {string.Join(',', update.Resources.Select(resource => resource.Name))}");
        return new([]);
    }

    void IResourceWatcher.GiveUp() => _told.Add("given up");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Content!.ReadAsStream(cancellationToken));
        _requests.Add((request.RequestUri!.AbsolutePath, JsonNode.Parse(reader.ReadToEnd())!));
        if (_answer() is { } response)
        {
            return Task.FromResult(response);
        }

        var never = new TaskCompletionSource<HttpResponseMessage>();
        cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
        return never.Task;
    }

    private static string Answer(string version, string name) =>
        $$"""{"version_info": "{{version}}", "resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "{{name}}"}]}""";

    private static HttpResponseMessage Json(string text) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };

    private void Start()
    {
        var plane = new ControlPlaneConfig
        {
            Protocol = ControlPlaneProtocol.Rest,
            Targets = [new ControlPlaneTargetConfig("plane")],
            RefreshDelay = TimeSpan.FromSeconds(1),
        };
        var context = new ResourceContext
        {
            Main = _runtime.Main,
            Clusters = new ValidatingClusterManager([]),
            Stats = _stats,
            Loggers = NullLoggerFactory.Instance,
            Node = new NodeConfig { Id = "me" },
        };
        _runtime.Run(_runtime.Main, () =>
        {
            var counters = SubscriptionCounters.Create(_stats, _stats.CreateScope(), "cds.", _runtime.Main);
            var subscription = new Subscription(new ResourceRequest(new ControlPlaneSourceConfig(plane), ResourceKind.Cluster, [], counters), this, _runtime.Main);
            _subscription = RestSubscription.Start(plane, subscription, context, new HttpMessageInvoker(this, disposeHandler: false));
        });
        _runtime.RunUntilIdle();
    }

    private long Count(string name) => _stats.Reader.Read(full => full == "cds." + name).Counters.Single().Value;

    private sealed class EndlessContent(bool saysItsLength) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var spaces = new byte[1 << 20];
            while (true)
            {
                await stream.WriteAsync(spaces);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = long.MaxValue;
            return saysItsLength;
        }
    }
}
