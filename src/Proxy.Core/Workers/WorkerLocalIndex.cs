namespace Proxy.Workers;

internal static class WorkerLocalIndex
{
    private static int _last = -1;

    public static int Next() => Interlocked.Increment(ref _last);
}
