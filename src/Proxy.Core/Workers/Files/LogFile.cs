namespace Proxy.Workers.Files;

/// <summary>One log: a buffer on each worker, and a stream on the flusher's thread.</summary>
internal sealed class LogFile : ILogFile
{
    private readonly Lock _lock = new();
    private readonly List<LogBuffer> _all = [];
    private readonly WorkerLocal<LogBuffer> _buffers;
    private Stream _stream;

    public LogFile(FileFlusher flusher, string path, Stream stream)
    {
        Path = path;
        _stream = stream;
        _buffers = new WorkerLocal<LogBuffer>(worker => Add(new LogBuffer(flusher, this, worker)));
    }

    public string Path { get; }

    public void Write(Worker worker, ReadOnlySpan<byte> line) => _buffers.Get(worker).Write(line);

    /// <summary>Hands over what the workers have gathered. When they have ended.</summary>
    public void HandOverAll()
    {
        foreach (var buffer in Snapshot())
        {
            buffer.HandOver();
        }
    }

    /// <summary>Lets each worker hand over what it has gathered; <paramref name="then"/> runs on the last one that did.</summary>
    public void HandOverAll(Action then)
    {
        var buffers = Snapshot();
        var left = buffers.Length;
        if (left == 0)
        {
            then();
        }

        foreach (var buffer in buffers)
        {
            buffer.Worker.Post(() =>
            {
                buffer.HandOver();
                if (Interlocked.Decrement(ref left) == 0)
                {
                    then();
                }
            });
        }
    }

    public FileFlusherCounters AddTo(FileFlusherCounters sum)
    {
        foreach (var buffer in Snapshot())
        {
            sum = buffer.AddTo(sum);
        }

        return sum;
    }

    public void WriteStream(ReadOnlySpan<byte> data)
    {
        _stream.Write(data);
        _stream.Flush();
    }

    public void ReplaceStream(Stream stream)
    {
        CloseStream();
        _stream = stream;
    }

    public void CloseStream() => _stream.Dispose();

    private LogBuffer Add(LogBuffer buffer)
    {
        lock (_lock)
        {
            _all.Add(buffer);
        }

        return buffer;
    }

    private LogBuffer[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }
}
