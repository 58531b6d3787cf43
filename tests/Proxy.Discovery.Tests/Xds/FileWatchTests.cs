using System.Runtime.CompilerServices;
using Proxy.Discovery.Xds.Files;

namespace Proxy.Discovery.Tests.Xds;

public sealed class FileWatchTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    // Clusters and listeners from files used to stay as they were after the first full collection.
    [Test]
    public async Task Watch_NobodyHoldsIt_TellsAllTheSame()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Begin(told);

        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        var other = Path.Combine(_folder, "other");
        await File.WriteAllTextAsync(other, "new");
        File.Move(other, Path.Combine(_folder, "file"), overwrite: true);

        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        ((FileWatch)watch.Target!).Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Begin(TaskCompletionSource told)
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "old");
        return new WeakReference(new FileWatch(path, null, () => told.TrySetResult()));
    }
}
