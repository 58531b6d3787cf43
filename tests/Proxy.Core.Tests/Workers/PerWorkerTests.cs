using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers;

/// <summary>What each worker has of something that comes and goes.</summary>
public sealed class PerWorkerTests : SimulatedFixture
{
    public PerWorkerTests()
        : base(workers: 3)
    {
    }

    [Test]
    public void Get_OnEachWorker_IsItsOwnAndAlwaysTheSame()
    {
        var local = new PerWorker<object>(static _ => new object());
        List<object> values = [];
        foreach (var worker in Runtime.Workers.Reverse().Concat([Runtime.Main]).Concat(Runtime.Workers.Reverse()).Concat([Runtime.Main]))
        {
            Runtime.Run(worker, () => values.Add(local.Get(worker)));
        }

        values[..4].Should().OnlyHaveUniqueItems();
        values[4..].Should().Equal(values[..4]);
    }

    [Test]
    public void Values_LeaveWithIt()
    {
        var value = Use();

        GC.Collect();

        value.IsAlive.Should().BeFalse("the worker does not hold it");
    }

    // In a method of its own, so that nothing is left on the stack.
    private WeakReference Use()
    {
        var local = new PerWorker<object>(static _ => new object());
        WeakReference? value = null;
        Runtime.Run(Worker, () => value = new WeakReference(local.Get(Worker)));
        return value!;
    }
}
