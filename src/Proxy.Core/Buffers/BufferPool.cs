using System.Runtime.CompilerServices;

namespace Proxy.Buffers;

/// <summary>Lends pinned byte blocks to one worker: the block returned last is lent first, so the hot one stays in the cache.</summary>
/// <remarks>
/// Not thread safe: every worker has its own. Blocks come in size classes from <see cref="BlockSize"/> up; a request above the largest class is
/// served by a block of its own that is not kept. Whoever rents returns, exactly once. Debug builds remember who holds what (<see cref="Outstanding"/>).
/// </remarks>
public sealed class BufferPool
{
    /// <summary>Smallest block lent, in bytes (16 KiB).</summary>
    public const int BlockSize = 16 * 1024;

    private const int Classes = 7; // 16 KiB << 0 … << 6 = 1 MiB
    private const int KeptPerClassBytes = 4 * 1024 * 1024;

    private readonly Stack<byte[]>[] _free = new Stack<byte[]>[Classes];
    private readonly Dictionary<byte[], string>? _lent = NewLedger();

    /// <summary>Creates an empty pool; blocks are allocated on first use.</summary>
    public BufferPool()
    {
        for (var i = 0; i < Classes; i++)
        {
            _free[i] = new Stack<byte[]>();
        }
    }

    /// <summary>Number of blocks lent and not yet returned.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Lends a block of at least <paramref name="minimumSize"/> bytes; its content is undefined.</summary>
    public byte[] Rent(int minimumSize = BlockSize, [CallerMemberName] string owner = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumSize);
        Outstanding++;
        var index = ClassOf(minimumSize);
        byte[] block;
        if (index >= Classes)
        {
            block = GC.AllocateUninitializedArray<byte>(minimumSize, pinned: true);
        }
        else if (!_free[index].TryPop(out block!))
        {
            block = GC.AllocateUninitializedArray<byte>(BlockSize << index, pinned: true);
        }

        _lent?.Add(block, owner);
        return block;
    }

    /// <summary>Takes back a block that <see cref="Rent"/> lent.</summary>
    public void Return(byte[] block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (_lent?.Remove(block) == false)
        {
            throw new InvalidOperationException("A block was returned twice, or to a pool that did not lend it.");
        }

        Outstanding--;
        var index = ClassOf(block.Length);
        if (index < Classes && block.Length == BlockSize << index && _free[index].Count < Math.Max(4, KeptPerClassBytes / block.Length))
        {
            _free[index].Push(block);
        }
    }

    /// <summary>Who holds blocks right now, one name a block. Empty in Release builds.</summary>
    public IReadOnlyCollection<string> ListOutstanding() => _lent is null ? [] : [.. _lent.Values];

    private static int ClassOf(int size)
    {
        var index = 0;
        while (index < Classes && BlockSize << index < size)
        {
            index++;
        }

        return index;
    }

    private static Dictionary<byte[], string>? NewLedger()
    {
#if DEBUG
        return new(ReferenceEqualityComparer.Instance as IEqualityComparer<byte[]>);
#else
        return null;
#endif
    }
}
