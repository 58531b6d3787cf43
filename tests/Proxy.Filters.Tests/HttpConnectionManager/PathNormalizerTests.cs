using System.Text;
using Proxy.Configuration.Http;
using Proxy.Filters.Network.HttpConnectionManager;
using Proxy.Http;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class PathNormalizerTests
{
    [Test]
    public void Apply_PathsRecordedFromEnvoy_ComeOutTheSame()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var line in Lines())
        {
            var (options, path, expected) = (line[0], line[1], line[2]);
            count++;
            var seen = Apply(options, path);
            if (seen != expected)
            {
                wrong.Add($"{options} {path}: {seen} instead of {expected}");
            }
        }

        wrong.Should().BeEmpty();
        count.Should().BeGreaterThan(600);
    }

    [Test]
    public void Apply_Connect_HasNothingToDo()
    {
        var headers = new HeaderMap();
        headers.Set(KnownHeader.Method, "CONNECT"u8);
        new PathNormalizer(true, true, EscapedSlashesAction.RejectRequest).Apply(headers).Should().Be(PathOutcome.Continue);
    }

    [TestCase("N--", "/a/%2%65/b", "=/a/%252e/b")]
    [TestCase("N--", "/%%32%65", "=/%252e")]
    [TestCase("-M-", "///", "=//")]
    [TestCase("N--", "/a%00", "400")]
    [TestCase("---", "/a#b", "400")]
    public void Apply_HardCases_AreSafe(string options, string path, string expected) => Apply(options, path).Should().Be(expected);

    private static string Apply(string options, string path)
    {
        var slashes = options[2] switch
        {
            'J' => EscapedSlashesAction.RejectRequest,
            'R' => EscapedSlashesAction.UnescapeAndRedirect,
            'F' => EscapedSlashesAction.UnescapeAndForward,
            _ => EscapedSlashesAction.KeepUnchanged,
        };
        var headers = new HeaderMap();
        headers.Set(KnownHeader.Path, Encoding.Latin1.GetBytes(path));
        var outcome = new PathNormalizer(options[0] == 'N', options[1] == 'M', slashes).Apply(headers);
        var result = Encoding.Latin1.GetString(headers.Get(KnownHeader.Path));
        return outcome switch
        {
            PathOutcome.Reject => "400",
            PathOutcome.Redirect => "307 " + result,
            _ => "=" + result,
        };
    }

    private static IEnumerable<string[]> Lines()
    {
        using var reader = new StreamReader(typeof(PathNormalizerTests).Assembly.GetManifestResourceStream("paths.tsv")!, Encoding.Latin1);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line.Split('\t');
            }
        }
    }
}
