namespace Proxy.Workers.Simulated;

/// <summary>A whole process in a test: main, workers, a network and a clock, driven by hand and deterministic.</summary>
/// <remarks>
/// Nothing happens until <see cref="RunUntilIdle"/> or <see cref="Advance(TimeSpan)"/> is called, and then on the caller's thread. An exception that escapes a
/// callback escapes that call. Only <see cref="Worker.Post(Action)"/> may be used from other threads meanwhile.
/// </remarks>
public sealed class SimulatedRuntime
{
    private const int StepLimit = 1_000_000;
    private const int PeersIndex = 200;

    private readonly SimulatedWorker[] _all;

    /// <summary>Creates a process at rest.</summary>
    /// <param name="workers">Number of workers beside main.</param>
    /// <param name="seed">Decides everything that is left to chance.</param>
    public SimulatedRuntime(int workers = 1, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        Network = new SimulatedNetwork(this);
        Main = CreateWorker(-1, seed);
        var own = new SimulatedWorker[workers];
        for (var i = 0; i < workers; i++)
        {
            own[i] = CreateWorker(i, seed);
        }

        Workers = own;
        Peers = CreateWorker(PeersIndex, seed);
        _all = [Main, .. own, Peers];
    }

    /// <summary>The clock; begins in 2030.</summary>
    public SimulatedTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The network between all workers.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>The main dispatcher.</summary>
    public SimulatedWorker Main { get; }

    /// <summary>The workers, by index.</summary>
    public IReadOnlyList<SimulatedWorker> Workers { get; }

    /// <summary>One more worker, for the ends of connections that the test itself plays: clients and upstreams.</summary>
    public SimulatedWorker Peers { get; }

    internal SimulatedWorker? Running { get; private set; }

    /// <summary>Runs posts and I/O on all workers, one after the other, until none has anything left to do. Time stands still.</summary>
    /// <remarks>From inside a callback it does nothing: the call that runs the callback goes on until all is done.</remarks>
    /// <exception cref="InvalidOperationException">The workers keep each other busy for ever.</exception>
    public void RunUntilIdle()
    {
        if (Running is not null)
        {
            return;
        }

        for (var step = 0; step < StepLimit; step++)
        {
            foreach (var worker in _all)
            {
                RunAs(worker, static worker => worker.RunPosts());
            }

            if (!Array.Exists(_all, worker => worker.HasPosts))
            {
                return;
            }
        }

        throw new InvalidOperationException("The simulation does not come to rest.");
    }

    /// <summary>Lets time pass: fires what falls due in order, with posts and I/O run until idle in between.</summary>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (Running is not null)
        {
            throw new InvalidOperationException("Time cannot pass inside a callback.");
        }

        var target = Time.Microseconds + (long)time.TotalMicroseconds;
        RunUntilIdle();
        for (var due = NextDue(); due >= 0 && due <= target; due = NextDue())
        {
            Time.MoveTo(due);
            FireTimers();
        }

        Time.MoveTo(target);
        FireTimers();
    }

    /// <summary>Lets <paramref name="milliseconds"/> pass.</summary>
    public void Advance(long milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Runs <paramref name="action"/> on <paramref name="worker"/> as a callback of its own, then everything that follows from it.</summary>
    public void Run(Worker worker, Action action)
    {
        ArgumentNullException.ThrowIfNull(worker);
        worker.Post(action);
        RunUntilIdle();
    }

    /// <summary>Resets every connection and says who still holds buffers: an empty list means that nothing leaked.</summary>
    /// <remarks>Names are known in Debug builds; a Release build gives the count only.</remarks>
    public IReadOnlyList<string> ResetAllAndListLeaks()
    {
        RunUntilIdle();
        Network.ResetAll();
        RunUntilIdle();
        var leaks = new List<string>();
        foreach (var worker in _all)
        {
            if (worker.Buffers.Outstanding != 0)
            {
                leaks.Add($"{worker.Name}: {worker.Buffers.Outstanding} ({string.Join(", ", worker.Buffers.ListOutstanding())})");
            }
        }

        return leaks;
    }

    private SimulatedWorker CreateWorker(int index, ulong seed)
    {
        return new SimulatedWorker(this, index, new PseudoRandomSource((seed * 1000) + (ulong)(index + 1)));
    }

    private void FireTimers()
    {
        Time.FireDue();
        foreach (var worker in _all)
        {
            RunAs(worker, static worker => worker.FireTimers());
        }

        RunUntilIdle();
    }

    // In µs; -1 when nothing is armed.
    private long NextDue()
    {
        var next = Time.NextDue();
        foreach (var worker in _all)
        {
            var due = worker.Timers.NextDue();
            if (due >= 0 && (next < 0 || due * 1000 < next))
            {
                next = due * 1000;
            }
        }

        return next;
    }

    private void RunAs(SimulatedWorker worker, Action<SimulatedWorker> action)
    {
        var context = SynchronizationContext.Current;
        var outer = Running;
        Running = worker;
        SynchronizationContext.SetSynchronizationContext(worker.SynchronizationContext);
        try
        {
            action(worker);
        }
        finally
        {
            Running = outer;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
