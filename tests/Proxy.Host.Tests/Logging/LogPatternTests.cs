using System.Text;
using Microsoft.Extensions.Logging;

namespace Proxy.Host.Logging;

public sealed class LogPatternTests
{
    private static readonly LogEntry Entry = new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(67_890), LogLevel.Warning, "http", "Proxy.Http.Codec", 12, "Refused", 99, "a \"b\"\nc");

    [TestCase("%v", "a \"b\"\nc")]
    [TestCase("%_", "a \"b\"\\nc")]
    [TestCase("%j", "a \\u0022b\\u0022\\nc")]
    [TestCase("[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#]", "[2026-01-02 03:04:05.006][99][warning][http] [Proxy.Http.Codec:12]")]
    [TestCase("%L %n %!", "W http Refused")]
    [TestCase("%H:%M:%S %R %D %E", "03:04:05 03:04 01/02/26 1767323045")]
    [TestCase("%f %F", "006789 006789000")]
    [TestCase("%8l|%-8l|", " warning|warning |")]
    [TestCase("100%% %", "100% %")]
    [TestCase("%^%l%$", "warning")]
    public void Write_Operators_ShowTheirPart(string format, string expected)
    {
        var line = new StringBuilder();

        new LogPattern(format).Write(line, Entry);

        line.ToString().Should().Be(expected);
    }
}
