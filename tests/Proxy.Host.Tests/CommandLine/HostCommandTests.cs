using Microsoft.Extensions.Logging;

namespace Proxy.Host.CommandLine;

public sealed class HostCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Test]
    public void Read_NoFlags_HasEnvoysDefaults()
    {
        var options = Read()!;

        options.Should().BeEquivalentTo(
            new
            {
                ConfigPath = (string?)null,
                Mode = HostMode.Serve,
                Concurrency = (int?)null,
                DrainTime = TimeSpan.FromSeconds(600),
                DrainGradually = true,
                FileFlushInterval = TimeSpan.FromSeconds(10),
                FileFlushBytes = 65536,
                AllowUnknownStaticFields = false,
            });
        options.Log.Level.Should().Be(LogLevel.Information);
        options.Log.Format.Should().Be("[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v");
    }

    [Test]
    public void Read_EveryUsualFlag_IsUnderstood()
    {
        var options = Read(
            "-c", "envoy.yaml", "--concurrency", "3", "--base-id", "7", "--disable-hot-restart", "-l", "debug", "--log-path", "x.log", "--log-format", "%v",
            "--service-cluster", "sc", "--service-node", "sn", "--service-zone", "sz", "--drain-time-s", "5", "--drain-strategy", "immediate",
            "--parent-shutdown-time-s", "6", "--admin-address-path", "a.txt", "--allow-unknown-static-fields", "--file-flush-interval-msec", "50",
            "--component-log-level", "upstream:trace,http:off", "--stats-tag", "a:b", "--stats-tag", "c:d:e", "--mode", "validate")!;

        options.Should().BeEquivalentTo(
            new
            {
                ConfigPath = "envoy.yaml",
                Mode = HostMode.Validate,
                Concurrency = 3,
                ServiceCluster = "sc",
                ServiceNode = "sn",
                ServiceZone = "sz",
                DrainTime = TimeSpan.FromSeconds(5),
                DrainGradually = false,
                AdminAddressPath = "a.txt",
                AllowUnknownStaticFields = true,
                FileFlushInterval = TimeSpan.FromMilliseconds(50),
            });
        options.Log.Should().BeEquivalentTo(new { Level = LogLevel.Debug, Path = "x.log", Format = "%v" });
        options.Log.Components.Select(pair => (pair.Key, pair.Value)).Should().Equal(("upstream", LogLevel.Trace), ("http", LogLevel.None));
        options.StatsTags.Select(pair => (pair.Key, pair.Value)).Should().Equal(("a", "b"), ("c", "d:e"));
        options.Shown.Should().Contain(new KeyValuePair<string, string>("concurrency", "3")).And.Contain(new KeyValuePair<string, string>("disable_hot_restart", "true"));
    }

    [TestCase("--config-path=envoy.yaml")]
    [TestCase("--config-path", "envoy.yaml")]
    public void Read_ValueAfterEqualsOrBlank_IsTheSame(params string[] args)
    {
        Read(args)!.ConfigPath.Should().Be("envoy.yaml");
    }

    [TestCase("--no-such-flag", "--no-such-flag")]
    [TestCase("-c a -c b", "--config-path: given more than once")]
    [TestCase("--disable-hot-restart --disable-hot-restart", "--disable-hot-restart: given more than once")]
    [TestCase("extra", "extra")]
    [TestCase("-c", "-c")]
    [TestCase("-l loud", "invalid log level specified 'loud'")]
    [TestCase("--mode nope", "unknown mode 'nope'")]
    [TestCase("--mode validate", "there is no configuration")]
    [TestCase("--drain-strategy slow", "unknown drain-strategy 'slow'")]
    [TestCase("--concurrency x", "'x' is not a whole number")]
    [TestCase("--component-log-level nope:info", "invalid component specified 'nope'")]
    [TestCase("--component-log-level http:loud", "not correctly specified 'http:loud'")]
    [TestCase("--stats-tag novalue", "misformatted stats-tag 'novalue'")]
    [TestCase("--local-address-ip-version v5", "'v5'")]
    [TestCase("--restart-epoch 1", "hot restart comes later")]
    public void Read_WrongFlags_SaysWhatIsWrongAndExitsWith1(string args, string complaint)
    {
        var options = new HostCommand().Read(args.Split(' '), _output, _error, out var exitCode);

        options.Should().BeNull();
        exitCode.Should().Be(1);
        _error.ToString().Should().Contain(complaint);
        _output.ToString().Should().BeEmpty();
    }

    [Test]
    public void Read_SeveralFaults_AreAllListed()
    {
        Read("-l", "loud", "--mode", "nope", "--stats-tag", "x").Should().BeNull();

        _error.ToString().Should().Contain("loud").And.Contain("nope").And.Contain("misformatted");
    }

    [Test]
    public void Read_NegativeNumber_WrapsAroundAsInEnvoy()
    {
        Read("--drain-time-s", "-1")!.DrainTime.Should().Be(TimeSpan.FromSeconds(uint.MaxValue));
    }

    [Test]
    public void Read_ValueThatLooksLikeAResponseFile_IsAValue()
    {
        Read("--socket-path", "@envoy_domain_socket").Should().NotBeNull();
    }

    [Test]
    public void Read_FlagOfALaterFeature_IsTakenWithAWarning()
    {
        Read("--use-dynamic-base-id")!.Warnings.Should().ContainSingle().Which.Should().StartWith("--use-dynamic-base-id: ");
    }

    [TestCase("--version", "proxy  version: ")]
    [TestCase("--help", "--config-path")]
    [TestCase("-h", "--concurrency")]
    [TestCase("--hot-restart-version", "disabled")]
    public void Read_Questions_AreAnsweredWithExitCode0(string arg, string answer)
    {
        var options = new HostCommand().Read([arg], _output, _error, out var exitCode);

        options.Should().BeNull();
        exitCode.Should().Be(0);
        _output.ToString().Should().Contain(answer);
    }

    private HostOptions? Read(params string[] args) => new HostCommand().Read(args, _output, _error, out _);
}
