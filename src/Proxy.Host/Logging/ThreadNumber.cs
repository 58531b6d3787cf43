using System.Runtime.InteropServices;

namespace Proxy.Host.Logging;

/// <summary>The number that the system's tools show for a thread.</summary>
internal static partial class ThreadNumber
{
    [ThreadStatic]
    private static int _current;

    /// <summary>The calling thread's number; .NET's own where the system's is not to be had.</summary>
    public static int Current => _current != 0 ? _current : _current = OperatingSystem.IsLinux() ? GetThreadId() : Environment.CurrentManagedThreadId;

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
