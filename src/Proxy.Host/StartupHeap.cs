using System.Runtime;

namespace Proxy.Host;

/// <summary>
/// Keeps the garbage collector away while a large configuration is read and compiled: nearly all that is made then stays, and collections only copy it.
/// Small configurations start without. What starting left behind is collected at the end: no later request makes garbage that would bring the collector.
/// </summary>
internal static class StartupHeap
{
    // What reading and compiling takes for each byte of text: about 85 from JSON with one short route after another.
    private const long BytesPerTextByte = 96;

    private const long SmallText = 1 << 20;

    // Collected in two or three milliseconds. A larger heap, of a configuration that keeps nothing back, would hold up the first requests.
    private const long SmallHeap = 16 << 20;

    /// <summary>Begins, when the text at <paramref name="path"/> is large and a quarter of the memory that the process may use is enough for it.</summary>
    /// <param name="path">The file of the configuration; null for none.</param>
    public static void Reserve(string? path)
    {
        if (path is null || new FileInfo(path) is not { Exists: true, Length: >= SmallText and var length })
        {
            return;
        }

        var wanted = Math.Min(length * BytesPerTextByte, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        try
        {
            GC.TryStartNoGCRegion(wanted);
        }
        catch (ArgumentOutOfRangeException)
        {
            // More than this heap takes at once: it starts as the others do.
        }
    }

    /// <summary>Ends what was begun, when it is not over by itself, for more was made than reserved; a small heap gives back at once what only starting has needed.</summary>
    /// <returns>True when the heap is large, and <see cref="Collect"/> is yet to be called.</returns>
    public static bool Release()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
            return true;
        }

        if (GC.GetTotalMemory(forceFullCollection: false) >= SmallHeap)
        {
            return true;
        }

        Collect();
        return false;
    }

    /// <summary>Gives back what only starting has needed.</summary>
    /// <remarks>
    /// Stops the process for 0.13 s with 10,000 clusters, which take 75 MB then instead of 240: not in the way of the start, but before there is much to be
    /// stopped.
    /// </remarks>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
