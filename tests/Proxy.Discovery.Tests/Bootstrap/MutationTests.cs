using System.Text;

namespace Proxy.Discovery.Tests.Bootstrap;

/// <summary>Random damage to a good file: whatever comes out, it is a list of faults.</summary>
internal sealed class MutationTests
{
    private const string Seeds = """
        {}[]"':,-&*!|>#%@`~?\ 0123456789abctruefalsnull
        """;

    [TestCase("envoy.yaml", 1)]
    [TestCase("envoy.yaml", 2)]
    [TestCase("envoy.json", 3)]
    [TestCase("envoy.json", 4)]
    public void Read_DamagedFile_NeverThrows(string file, int seed)
    {
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Bootstrap", "Golden");
        var good = File.ReadAllBytes(Path.Combine(folder, "good" + Path.GetExtension(file)));
        Reading.Of(file, good).Lines.Should().BeEmpty();
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var bad = Damage(good, random);
            FluentActions.Invoking(() => Reading.Of(file, bad)).Should().NotThrow(Encoding.UTF8.GetString(bad));
        }
    }

    private static byte[] Damage(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 1:
                    bytes.Insert(at, (byte)Seeds[random.Next(Seeds.Length)]);
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    var from = random.Next(bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 60), bytes.Count - from)));
                    break;
            }
        }

        return [.. bytes];
    }
}
