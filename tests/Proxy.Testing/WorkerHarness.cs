using System.Net;
using Proxy.Workers;

namespace Proxy.Testing;

/// <summary>Two workers of one kind for tests that are the same for every kind.</summary>
public abstract class WorkerHarness : IDisposable
{
    /// <summary>The worker under test.</summary>
    public abstract Worker First { get; }

    /// <summary>Another one of the same process.</summary>
    public abstract Worker Second { get; }

    /// <summary>An address to listen on; the port is picked by listening.</summary>
    public abstract EndPoint Free { get; }

    /// <summary>An address where nobody listens.</summary>
    public abstract EndPoint Refusing { get; }

    /// <summary>An address that never answers.</summary>
    public abstract EndPoint Silent { get; }

    /// <summary>A Unix socket to listen on.</summary>
    public abstract EndPoint Unix { get; }

    /// <summary>Runs <paramref name="action"/> on <paramref name="worker"/> and waits for it; its exception is thrown here.</summary>
    public abstract void Run(Worker worker, Action action);

    /// <summary>Runs <paramref name="action"/> on <see cref="First"/>.</summary>
    public void Run(Action action) => Run(First, action);

    /// <summary>Lets things happen until <paramref name="condition"/>, asked on <see cref="First"/>, is true; throws after a long while.</summary>
    public abstract void Until(Func<bool> condition, string what);

    /// <summary>Lets <paramref name="milliseconds"/> pass.</summary>
    public void Wait(long milliseconds)
    {
        var passed = false;
        Run(() => First.CreateTimer(_ => passed = true).Arm(milliseconds));
        Until(() => passed, "time passes");
    }

    /// <summary>Ends everything; throws when a buffer was not returned or an exception escaped a callback.</summary>
    public abstract void Dispose();
}
