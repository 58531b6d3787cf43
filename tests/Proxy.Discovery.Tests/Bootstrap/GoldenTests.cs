using Proxy.Discovery.Bootstrap.Faults;

namespace Proxy.Discovery.Tests.Bootstrap;

internal sealed class GoldenTests
{
    [Test]
    public void Faults_OfABadFile_AreAllListedInOrder()
    {
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Bootstrap", "Golden");
        var reading = Reading.Of("many-faults.yaml", File.ReadAllBytes(Path.Combine(folder, "many-faults.yaml")));
        FaultWriter.ToText(reading.Faults).Should().Be(File.ReadAllText(Path.Combine(folder, "many-faults.txt")));
    }
}
