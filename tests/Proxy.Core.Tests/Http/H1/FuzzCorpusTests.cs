using System.Text;
using Proxy.Fuzz.Targets;
using Proxy.Testing;

namespace Proxy.Core.Tests.Http.H1;

/// <summary>The corpus of every fuzz target, and a bounded number of random changes to it; the same ones in every run.</summary>
public sealed class FuzzCorpusTests
{
    private const int ChangesPerFile = 400;

    private static readonly string[] Snippets =
    [
        "\r\n", "\n", "\r", ":", " ", "\t", ",", ";", "0", "5\r\n", "0\r\n\r\n", "chunked", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: b\r\n", "Connection: close\r\n", "HTTP/1.1", "HTTP/1.0", "\0", "\u00ff", "GET / HTTP/1.1\r\nHost: c\r\n\r\n", "HTTP/1.1 200 OK\r\n",
    ];

    [TestCase("client_hello")]
    [TestCase("h2_request")]
    [TestCase("h2_response")]
    [TestCase("proxy_protocol")]
    [TestCase("request")]
    [TestCase("response")]
    public void Corpus_AndRandomChangesToIt_BreakNoRule(string name)
    {
        var corpus = Files(name);
        corpus.Should().NotBeEmpty();
        var target = FuzzTargets.All[name];
        var random = new Random(20260101);
        foreach (var file in corpus)
        {
            target(file);
            for (var i = 0; i < ChangesPerFile; i++)
            {
                var changed = Change(file, corpus, random);
                try
                {
                    target(changed);
                }
                catch (Exception e)
                {
                    Assert.Fail($"{e.Message}\ninput: {Convert.ToBase64String(changed)}\n{e}");
                }
            }
        }
    }

    private static List<byte[]> Files(string target)
    {
        return [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Proxy.Fuzz", "Corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    private static byte[] Change(byte[] file, List<byte[]> corpus, Random random)
    {
        var bytes = new List<byte>(file);
        for (var times = 1 + random.Next(4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when bytes.Count > 3:
                    bytes.RemoveRange(at, Math.Min(1 + random.Next(4), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(30)).ToArray());
                    break;
                case 4:
                    var other = corpus[random.Next(corpus.Count)];
                    bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray());
                    break;
                default:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Snippets[random.Next(Snippets.Length)]));
                    break;
            }

            if (bytes.Count == 0)
            {
                return [];
            }
        }

        return [.. bytes];
    }
}
