using Proxy.Buffers;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.Fault;

/// <summary>Lets the body of a response pass at a rate: what the time since the last part is worth, at most every 50 ms. One per stream, on its worker.</summary>
internal sealed class SlowBody
{
    private const int IntervalMilliseconds = 50;
    private const double MicrosecondsPerSecond = 1_000_000;

    private readonly IHttpFilterCallbacks _callbacks;
    private readonly double _bytesPerSecond;
    private readonly ByteQueue _waiting;
    private readonly WorkerTimer _timer;
    private double _allowance;
    private long _filledAt; // µs
    private bool _hasBegun;
    private bool _isPaused;
    private bool _ends;
    private bool _trailersWait;

    public SlowBody(IHttpFilterCallbacks callbacks, double bytesPerSecond)
    {
        _callbacks = callbacks;
        _bytesPerSecond = bytesPerSecond;
        _waiting = new ByteQueue(callbacks.Worker.Buffers);
        _timer = callbacks.Worker.CreateTimer(static self => ((SlowBody)self!).OnTimer(), this);
    }

    /// <summary>Takes part of the body; whoever makes it is paused while too much waits.</summary>
    public void Add(ReadOnlySpan<byte> bytes, bool end)
    {
        if (!_hasBegun)
        {
            // One interval's worth: a stream that begins has saved up nothing.
            _hasBegun = true;
            _allowance = _bytesPerSecond * IntervalMilliseconds / 1000;
            _filledAt = _callbacks.Worker.NowMicroseconds;
        }

        _waiting.Append(bytes);
        _ends |= end;
        Pause(_waiting.Length > _callbacks.BufferLimit);
        if (!_timer.IsArmed)
        {
            _timer.Arm(0);
        }
    }

    /// <summary>The trailers have come; false when they have to wait for the body.</summary>
    public bool TryPassTrailers()
    {
        _trailersWait = !_waiting.IsEmpty;
        return !_trailersWait;
    }

    /// <summary>The stream is over.</summary>
    public void Drop()
    {
        _timer.Cancel();
        _waiting.Clear();
    }

    private void OnTimer()
    {
        Fill();
        for (var part = Math.Min((long)_allowance, _waiting.Length); part > 0;)
        {
            var run = _waiting.First;
            run = run[..(int)Math.Min(run.Length, part)];
            part -= run.Length;
            _allowance -= run.Length;
            var isLast = _ends && run.Length == _waiting.Length;
            _callbacks.InjectResponseData(run, isLast);
            if (isLast || _waiting.IsEmpty)
            {
                Drop(); // the end has passed, or the stream did not survive it
                return;
            }

            _waiting.Consume(run.Length);
        }

        if (!_waiting.IsEmpty)
        {
            var next = (1 - _allowance) / _bytesPerSecond * 1000;
            _timer.Arm((long)Math.Max(IntervalMilliseconds, Math.Ceiling(next)));
        }
        else if (_ends)
        {
            _callbacks.InjectResponseData(default, endStream: true); // it came by itself
            return;
        }
        else if (_trailersWait)
        {
            _callbacks.ContinueResponse();
        }

        Pause(_waiting.Length > _callbacks.BufferLimit / 2 && _isPaused);
    }

    private void Fill()
    {
        var now = _callbacks.Worker.NowMicroseconds;
        _allowance = Math.Min(_bytesPerSecond, _allowance + ((now - _filledAt) / MicrosecondsPerSecond * _bytesPerSecond));
        _filledAt = now;
    }

    private void Pause(bool pause)
    {
        if (pause != _isPaused)
        {
            _isPaused = pause;
            _callbacks.ResponseReadDisable(pause);
        }
    }
}
