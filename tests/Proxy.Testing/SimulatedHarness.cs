using System.Net;
using System.Net.Sockets;
using Proxy.Workers;
using Proxy.Workers.Simulated;

namespace Proxy.Testing;

/// <summary>Simulated workers for tests that are the same for every kind.</summary>
public sealed class SimulatedHarness : WorkerHarness
{
    private const int Patience = 20_000;

    private readonly SimulatedRuntime _runtime = new(workers: 2);

    public SimulatedHarness()
    {
        _runtime.Network.BlackHole(Silent);
    }

    public override Worker First => _runtime.Workers[0];

    public override Worker Second => _runtime.Workers[1];

    public override EndPoint Free => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint Refusing => new IPEndPoint(IPAddress.Loopback, 1);

    public override EndPoint Silent => new IPEndPoint(IPAddress.Loopback, 2);

    public override EndPoint Unix => new UnixDomainSocketEndPoint("/run/app.sock");

    public override void Run(Worker worker, Action action) => _runtime.Run(worker, action);

    public override void Until(Func<bool> condition, string what)
    {
        _runtime.RunUntilIdle();
        for (var i = 0; !condition(); i++)
        {
            if (i == Patience)
            {
                throw new TestPeerException("Did not happen: " + what);
            }

            if (i > Patience / 2)
            {
                Thread.Sleep(1); // pipes use threads of the pool, which may have to wait for a processor
            }

            _runtime.Advance(1);
        }
    }

    public override void Dispose()
    {
        var leaks = _runtime.ResetAllAndListLeaks();
        if (leaks.Count > 0)
        {
            throw new TestPeerException("Buffers were not returned: " + string.Join("; ", leaks));
        }
    }
}
