using System.Runtime;

namespace Proxy.Host.Tests;

[NonParallelizable]
public sealed class StartupHeapTests
{
    [TestCase(1000, false)]
    [TestCase(2 << 20, true)]
    public void Reserve_AFile_KeepsTheCollectorAwayOnlyWhenItIsLarge(int length, bool isKept)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[length]);
            StartupHeap.Reserve(path);
            (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion).Should().Be(isKept);
        }
        finally
        {
            StartupHeap.Release();
            File.Delete(path);
        }

        GCSettings.LatencyMode.Should().NotBe(GCLatencyMode.NoGCRegion);
    }

    [TestCase(null)]
    [TestCase("/there/is/no/such/file.json")]
    public void Reserve_NoFile_LeavesItToTheReaderToComplain(string? path)
    {
        StartupHeap.Reserve(path);

        GCSettings.LatencyMode.Should().NotBe(GCLatencyMode.NoGCRegion);
    }
}
