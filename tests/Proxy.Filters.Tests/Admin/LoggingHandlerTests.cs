using System.Text;
using Microsoft.Extensions.Logging;
using Proxy.Filters.Admin.Handlers;
using Proxy.Observability;

namespace Proxy.Filters.Admin;

public sealed class LoggingHandlerTests
{
    private readonly Levels _levels = new();

    [Test]
    public void Logging_NoParameter_ListsLoggers()
    {
        Post("/logging").Should().Be((200, "active loggers:\n  http: info\n  main: info\n\n"));
    }

    [TestCase("/logging?level=debug", "http: debug\n  main: debug")]
    [TestCase("/logging?http=trace", "http: trace\n  main: info")]
    [TestCase("/logging?paths=http:off,main:error", "http: off\n  main: error")]
    public void Logging_Levels_AreChanged(string target, string expected)
    {
        Post(target).Should().Be((200, $"active loggers:\n  {expected}\n\n"));
    }

    [TestCase("/logging?level=loud")]
    [TestCase("/logging?nope=info")]
    [TestCase("/logging?paths=http")]
    [TestCase("/logging?http=info&main=info")]
    public void Logging_WrongParameters_AreRefused(string target)
    {
        var (status, text) = Post(target);

        status.Should().Be(400);
        text.Should().Contain("usage: /logging");
        _levels.All.Values.Should().AllBeEquivalentTo(LogLevel.Information);
    }

    private (int Status, string Text) Post(string target)
    {
        var response = new LoggingHandler(_levels).Handle(AdminRequest.Parse("POST", target));
        return (response.Status, Encoding.UTF8.GetString(response.Body.Span));
    }

    private sealed class Levels : ILogLevels
    {
        public SortedDictionary<string, LogLevel> All { get; } = new() { ["http"] = LogLevel.Information, ["main"] = LogLevel.Information };

        public IReadOnlyList<KeyValuePair<string, LogLevel>> Loggers => [.. All];

        public bool TrySet(string? logger, LogLevel level)
        {
            foreach (var name in All.Keys.Where(name => logger is null || name == logger).ToArray())
            {
                All[name] = level;
            }

            return logger is null || All.ContainsKey(logger);
        }
    }
}
