using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Proxy.Workers.Epoll;

/// <summary>Where the kernel writes events. Their layout depends on the machine: packed on x86, aligned elsewhere.</summary>
internal sealed unsafe class EventBuffer : IDisposable
{
    public const int Capacity = 256;
    private const int LargestEvent = 16;

    private static readonly int Stride = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : LargestEvent;
    private static readonly int TokenOffset = Stride - sizeof(ulong);

    private byte* _events = (byte*)NativeMemory.AllocZeroed(Capacity, LargestEvent);

    public void* Pointer => _events;

    public uint FlagsOf(int index) => Unsafe.ReadUnaligned<uint>(_events + (index * Stride));

    public ulong TokenOf(int index) => Unsafe.ReadUnaligned<ulong>(_events + (index * Stride) + TokenOffset);

    /// <summary>Writes one event for <c>epoll_ctl</c>, <see cref="LargestEvent"/> bytes at <paramref name="destination"/>.</summary>
    public static void Write(byte* destination, uint flags, ulong token)
    {
        Unsafe.WriteUnaligned(destination, flags);
        Unsafe.WriteUnaligned(destination + TokenOffset, token);
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }
}
