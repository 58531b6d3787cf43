using Microsoft.Extensions.Logging;
using Proxy.Host.CommandLine;

namespace Proxy.Host.Logging;

public sealed class ProcessLogTests
{
    private readonly StringWriter _output = new();

    [Test]
    public void Log_LevelOfTheComponent_DecidesWhatIsWritten()
    {
        using var log = Open(new LogOptions { Format = "%n %l %v", Level = LogLevel.Information, Components = [new("http", LogLevel.Debug)] });

        log.CreateLogger("Proxy.Http.Codec").LogDebug("shown");
        log.CreateLogger("Proxy.Clusters.Pool").LogDebug("hidden");
        log.CreateLogger("Proxy.Clusters.Pool").LogInformation("shown too");

        _output.ToString().Should().Be("http debug shown\nupstream info shown too\n");
    }

    [Test]
    public void TrySet_OneOrAll_ReachesLoggersMadeBefore()
    {
        using var log = Open(new LogOptions { Format = "%v" });
        var logger = log.CreateLogger("Proxy.Http.Codec");

        log.TrySet("http", LogLevel.Error).Should().BeTrue();
        logger.LogWarning("hidden");
        log.TrySet(null, LogLevel.Trace).Should().BeTrue();
        logger.LogTrace("shown");
        log.TrySet("nope", LogLevel.Trace).Should().BeFalse();

        _output.ToString().Should().Be("shown\n");
        log.Loggers.Select(pair => (pair.Key, pair.Value)).Should().Equal(("http", LogLevel.Trace));
    }

    [Test]
    public void Log_Escaped_KeepsAMessageOnOneLine()
    {
        using var log = Open(new LogOptions { Format = "%v", Escape = true });

        log.CreateLogger("x").LogWarning("a\nb\\c");

        _output.ToString().Should().Be("a\\nb\\\\c\n");
    }

    [Test]
    public void Reopen_FileMovedAway_WritesANewOne()
    {
        var folder = Directory.CreateTempSubdirectory("log").FullName;
        var path = Path.Combine(folder, "proxy.log");
        using (var log = Open(new LogOptions { Format = "%v", Path = path }))
        {
            var logger = log.CreateLogger("x");
            logger.LogWarning("one");
            File.Move(path, path + ".old");
            logger.LogWarning("two");
            log.Reopen();
            logger.LogWarning("three");
        }

        File.ReadAllText(path + ".old").Should().Be("one\ntwo\n");
        File.ReadAllText(path).Should().Be("three\n");
        Directory.Delete(folder, recursive: true);
    }

    private ProcessLog Open(LogOptions options) => new(options, _output, TimeProvider.System);
}
