namespace Proxy.Workers.Files;

/// <summary>Lines of one log on one worker until they are many or old enough to be handed over.</summary>
internal sealed class LogBuffer
{
    private readonly FileFlusher _flusher;
    private readonly LogFile _file;
    private readonly WorkerTimer _timer;
    private byte[]? _block;
    private int _used;
    private long _lines; // in the block

    // Written by the worker only; others read them for the stats.
    private long _buffered;
    private long _dropped;
    private long _flushedByTimer;

    public LogBuffer(FileFlusher flusher, LogFile file, Worker worker)
    {
        _flusher = flusher;
        _file = file;
        Worker = worker;
        _timer = worker.CreateTimer(static self => ((LogBuffer)self!).OnTimer(), this);
    }

    /// <summary>Whose it is.</summary>
    public Worker Worker { get; }

    public void Write(ReadOnlySpan<byte> line)
    {
        MakeRoom(line.Length);
        line.CopyTo(_block.AsSpan(_used));
        _used += line.Length;
        _lines++;
        _buffered++;
        if (_used >= _flusher.Options.FlushSize)
        {
            _timer.Cancel();
            HandOver();
        }
        else if (!_timer.IsArmed)
        {
            _timer.Arm(_flusher.Options.FlushInterval);
        }
    }

    public void HandOver()
    {
        if (_used == 0)
        {
            return;
        }

        if (_flusher.TryHandOver(_file, _block!, _used))
        {
            _block = null;
        }
        else
        {
            _dropped += _lines;
        }

        _used = 0;
        _lines = 0;
    }

    public FileFlusherCounters AddTo(FileFlusherCounters sum)
    {
        return sum with
        {
            WriteBuffered = sum.WriteBuffered + Volatile.Read(ref _buffered),
            FlushedByTimer = sum.FlushedByTimer + Volatile.Read(ref _flushedByTimer),
            TotalBuffered = sum.TotalBuffered + Volatile.Read(ref _used),
            DroppedLines = sum.DroppedLines + Volatile.Read(ref _dropped),
        };
    }

    private void MakeRoom(int length)
    {
        _block ??= _flusher.RentBlock();
        if (_block.Length - _used >= length)
        {
            return;
        }

        HandOver();
        _block ??= _flusher.RentBlock();
        if (_block.Length < length)
        {
            _block = GC.AllocateUninitializedArray<byte>(length); // a giant among lines travels alone
        }
    }

    private void OnTimer()
    {
        _flushedByTimer++;
        HandOver();
    }
}
