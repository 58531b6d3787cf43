using System.Runtime.InteropServices;

namespace Proxy.Workers.Epoll;

/// <summary>Numbers and layouts of the kernel's io_uring interface (the same on x64 and arm64).</summary>
internal static class IoUring
{
    public const int SetupCall = 425;
    public const int EnterCall = 426;

    public const uint SubmitAll = 1u << 7;
    public const uint SingleIssuer = 1u << 12;
    public const uint DeferTaskRun = 1u << 13;
    public const uint SingleMapping = 1u << 0;
    public const int GetEvents = 1;

    public const byte Send = 26;
    public const byte Receive = 27;

    public const long RingOffset = 0;
    public const long SubmissionsOffset = 0x10000000;
    public const int ReadWrite = 3;
    public const int SharedPopulated = 0x8001;

    [StructLayout(LayoutKind.Sequential)]
    public struct Parameters
    {
        public uint SubmissionEntries;
        public uint CompletionEntries;
        public uint Flags;
        public uint ThreadCpu;
        public uint ThreadIdle;
        public uint Features;
        public uint WorkQueue;
        public uint Reserved1;
        public uint Reserved2;
        public uint Reserved3;
        public SubmissionOffsets Submissions;
        public CompletionOffsets Completions;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SubmissionOffsets
    {
        public uint Head;
        public uint Tail;
        public uint RingMask;
        public uint RingEntries;
        public uint Flags;
        public uint Dropped;
        public uint Array;
        public uint Reserved;
        public ulong UserAddress;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CompletionOffsets
    {
        public uint Head;
        public uint Tail;
        public uint RingMask;
        public uint RingEntries;
        public uint Overflow;
        public uint Array;
        public uint Flags;
        public uint Reserved;
        public ulong UserAddress;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct Submission
    {
        public byte Operation;
        public byte Flags;
        public ushort Priority;
        public int Descriptor;
        public ulong Offset;
        public ulong Address;
        public uint Length;
        public uint MessageFlags;
        public ulong UserData;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Completion
    {
        public ulong UserData;
        public int Result;
        public uint Flags;
    }
}
