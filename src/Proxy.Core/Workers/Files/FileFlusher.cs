using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Proxy.Workers.Files;

/// <summary>The only thread that writes log files: workers hand it full blocks, so that a slow disk delays no request.</summary>
/// <remarks>
/// <see cref="Open"/> and <see cref="Reopen"/> may be called from any thread. Dispose it when the workers have ended: what they had gathered is
/// written then.
/// </remarks>
internal sealed partial class FileFlusher : IAsyncDisposable
{
    private const int BlocksKept = 64;
    private const int BlockHeadroom = 16 * 1024; // what a line may stick out over the flush size

    private readonly ILogger _logger;
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<byte[]> _freeBlocks = new();
    private readonly ConcurrentDictionary<string, LogFile> _files = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _pending;
    private long _completed;
    private long _failed;
    private long _reopenFailed;
    private int _started;

    /// <summary>Makes a flusher; nothing is written before <see cref="Start"/>.</summary>
    public FileFlusher(FileFlusherOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        Options = options;
        _logger = loggers.CreateLogger<FileFlusher>();
    }

    internal FileFlusherOptions Options { get; }

    /// <summary>What was done so far; exact when the workers rest.</summary>
    public FileFlusherCounters Counters
    {
        get
        {
            var sum = new FileFlusherCounters(
                0, Volatile.Read(ref _completed), Volatile.Read(ref _failed), 0, Volatile.Read(ref _reopenFailed), Volatile.Read(ref _pending), 0);
            foreach (var (_, file) in _files)
            {
                sum = file.AddTo(sum);
            }

            return sum;
        }
    }

    /// <summary>Starts the thread. Once.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            new Thread(Run) { Name = "file_flusher", IsBackground = true }.UnsafeStart();
        }
    }

    /// <summary>The log at <paramref name="path"/>, opened on first use; the same one for the same path.</summary>
    /// <remarks>What the opener throws is thrown.</remarks>
    public ILogFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!_files.TryGetValue(path, out var file))
        {
            file = new LogFile(this, path, Options.Open(path));
            if (!_files.TryAdd(path, file))
            {
                file.CloseStream();
                file = _files[path];
            }
        }

        return file;
    }

    /// <summary>Closes every file and opens it again at its path, for log rotation; what was logged before goes to the old one. While the workers run.</summary>
    public void Reopen()
    {
        foreach (var (_, file) in _files)
        {
            file.HandOverAll(then: () => _items.Writer.TryWrite(new Item(file, null, 0)));
        }
    }

    /// <summary>Writes what is left and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, file) in _files)
        {
            file.HandOverAll();
        }

        _items.Writer.TryComplete();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            Run();
        }

        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Writes everything that waits, on the calling thread.</summary>
    internal void Drain()
    {
        while (_items.Reader.TryRead(out var item))
        {
            if (item.Block is null)
            {
                Renew(item.File);
            }
            else
            {
                Write(item.File, item.Block, item.Length);
            }
        }
    }

    /// <summary>A block to gather lines in.</summary>
    internal byte[] RentBlock()
    {
        return _freeBlocks.TryDequeue(out var block) ? block : GC.AllocateUninitializedArray<byte>(Options.FlushSize + BlockHeadroom);
    }

    /// <summary>Takes over <paramref name="block"/>; false, and nothing is taken, when too much is waiting already.</summary>
    internal bool TryHandOver(LogFile file, byte[] block, int length)
    {
        if (Interlocked.Add(ref _pending, length) > Options.MaxPendingBytes || !_items.Writer.TryWrite(new Item(file, block, length)))
        {
            Interlocked.Add(ref _pending, -length);
            return false;
        }

        return true;
    }

    private void Run()
    {
        while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Drain();
        }

        foreach (var (_, file) in _files)
        {
            file.CloseStream();
        }

        _ended.TrySetResult();
    }

    private void Write(LogFile file, byte[] block, int length)
    {
        try
        {
            file.WriteStream(block.AsSpan(0, length));
            _completed++;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _failed++;
            LogWriteFailed(exception, file.Path);
        }

        Interlocked.Add(ref _pending, -length);
        if (block.Length == Options.FlushSize + BlockHeadroom && _freeBlocks.Count < BlocksKept)
        {
            _freeBlocks.Enqueue(block);
        }
    }

    private void Renew(LogFile file)
    {
        try
        {
            file.ReplaceStream(Options.Open(file.Path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _reopenFailed++; // the old one goes on, which loses nothing
            LogReopenFailed(exception, file.Path);
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "Cannot write log file {Path}")]
    private partial void LogWriteFailed(Exception exception, string path);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "Cannot open log file {Path} again; the old one stays in use")]
    private partial void LogReopenFailed(Exception exception, string path);

    private readonly record struct Item(LogFile File, byte[]? Block, int Length);
}
