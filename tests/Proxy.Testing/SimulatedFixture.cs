using Proxy.Workers.Simulated;

namespace Proxy.Testing;

/// <summary>Base of tests over a simulated process. The framework disposes it after each test, which fails the test when a buffer was not returned.</summary>
public abstract class SimulatedFixture : IDisposable
{
    /// <summary>Prepares a process with one worker unless told otherwise.</summary>
    protected SimulatedFixture(int workers = 1, ulong seed = 1)
    {
        Runtime = new SimulatedRuntime(workers, seed);
    }

    /// <summary>The process.</summary>
    protected SimulatedRuntime Runtime { get; }

    /// <summary>Its first worker.</summary>
    protected SimulatedWorker Worker => Runtime.Workers[0];

    /// <summary>Ends what is open and checks that every buffer came back.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        var leaks = Runtime.ResetAllAndListLeaks();
        if (leaks.Count > 0)
        {
            throw new TestPeerException("Buffers were not returned: " + string.Join("; ", leaks));
        }
    }
}
