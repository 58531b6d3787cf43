using System.Runtime;

namespace Proxy.Host;

/// <summary>Keeps the garbage collector away while a large configuration is read and compiled: nearly all that is made then stays, and collections only copy it.</summary>
/// <remarks>Small configurations start without, in a heap as small as it gets.</remarks>
internal static class StartupHeap
{
    // What reading and compiling takes for each byte of text: about 85 from JSON with one short route after another.
    private const long BytesPerTextByte = 96;

    private const long SmallText = 1 << 20;

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

    /// <summary>Ends, when it was begun and is not over by itself, for more was made than reserved.</summary>
    public static void Release()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }
}
