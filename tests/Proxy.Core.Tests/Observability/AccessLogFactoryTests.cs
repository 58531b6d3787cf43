using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Observability;
using Proxy.Observability.AccessLogs;
using Proxy.Workers.Files;

namespace Proxy.Core.Tests.Observability;

public sealed class AccessLogFactoryTests
{
    [Test]
    public async Task Create_FormatsThatAreNone_AreRefusedWhereTheyStand()
    {
        await using var files = new FileFlusher(new FileFlusherOptions { Open = static _ => new MemoryStream() }, NullLoggerFactory.Instance);
        var factory = new DefaultAccessLogFactory(FormatEnvironment.Empty, files, [], RuntimeSnapshot.Empty);

        FluentActions.Invoking(() => factory.Create([Log("%PROTOCOL%"), Log("%NOTHING%"), Log("%")])).Should().Throw<ConfigException>()
            .Which.Faults.Select(static fault => fault.Path).Should().Equal("[1].log_format.text_format", "[2].log_format.text_format");
    }

    private static AccessLogConfig Log(string format) => new(new FileAccessLogConfig("a", new LogFormatConfig { Text = format }));
}
