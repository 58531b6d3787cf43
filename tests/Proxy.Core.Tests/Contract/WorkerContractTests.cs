using System.Net;
using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Contract;

/// <summary>What every kind of worker promises. A kind runs all of it by deriving a fixture that makes its harness.</summary>
public abstract partial class WorkerContractTests
{
    private readonly Lazy<WorkerHarness> _harness;

    protected WorkerContractTests()
    {
        _harness = new Lazy<WorkerHarness>(CreateHarness);
    }

    protected WorkerHarness Harness => _harness.Value;

    protected Worker Worker => Harness.First;

    [TearDown]
    public void EndEverything() => Harness.Dispose();

    [Test]
    public void Post_FromOneThread_KeepsTheOrder()
    {
        var order = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            Worker.Post(() => order.Add(number));
        }

        Harness.Until(() => order.Count == 100, "all posts");
        order.Should().BeInAscendingOrder();
    }

    [Test]
    public void Post_FromTheWorker_RunsAfterTheCallback()
    {
        var order = new List<string>();
        Harness.Run(() =>
        {
            Worker.Post(() => order.Add("posted"));
            order.Add("callback");
        });

        Harness.Until(() => order.Count == 2, "the post");
        order.Should().Equal("callback", "posted");
    }

    [Test]
    public void Post_FromTheOtherWorker_RunsOnThisOne()
    {
        var current = false;
        Harness.Run(Harness.Second, () => Worker.Post(() => current = Worker.IsCurrent && !Harness.Second.IsCurrent));

        Harness.Until(() => current, "the post on its worker");
    }

    [Test]
    public void Timers_OfDifferentLength_FireInOrderAndNotEarly()
    {
        var fired = new List<(string Name, long After)>();
        Harness.Run(() =>
        {
            var start = Worker.Now; // what timers are set by: the loop's time, read once a turn
            foreach (var (name, delay) in new[] { ("c", 30), ("a", 1), ("b", 15) })
            {
                Worker.CreateTimer(_ => fired.Add((name, Worker.Now - start - delay))).Arm(delay);
            }
        });

        Harness.Until(() => fired.Count == 3, "three timers");
        fired.Select(entry => entry.Name).Should().Equal("a", "b", "c");
        fired.Should().OnlyContain(entry => entry.After >= 0);
    }

    [Test]
    public void Timer_CancelledOrMoved_FiresAsSaidLast()
    {
        var fired = new List<string>();
        Harness.Run(() =>
        {
            var cancelled = Worker.CreateTimer(_ => fired.Add("cancelled"));
            var moved = Worker.CreateTimer(_ => fired.Add("moved"));
            cancelled.Arm(1);
            moved.Arm(1);
            Worker.CreateTimer(_ => fired.Add("other")).Arm(5);
            cancelled.Cancel();
            moved.Arm(20);
        });

        Harness.Until(() => fired.Contains("moved"), "the moved timer");
        fired.Should().Equal("other", "moved");
    }

    [Test]
    public void Await_OnTheWorker_ComesBackToIt()
    {
        var back = false;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Harness.Run(() => _ = Call());

        gate.SetResult();

        Harness.Until(() => back, "the continuation");

        async Task Call()
        {
            await gate.Task;
            back = Worker.IsCurrent && ReferenceEquals(SynchronizationContext.Current, Worker.SynchronizationContext);
        }
    }

    [Test]
    public void Defer_InACallback_RunsBeforeTheNextOne()
    {
        var order = new List<string>();
        Harness.Run(() =>
        {
            Worker.Post(() => order.Add("post"));
            Worker.Defer(new Deferred(() => order.Add("deferred")));
            order.Add("callback");
        });

        Harness.Until(() => order.Count == 3, "all three");
        order.Should().Equal("callback", "deferred", "post");
    }

    /// <summary>Makes two workers of the kind under test.</summary>
    protected abstract WorkerHarness CreateHarness();

    /// <summary>Listens on <see cref="Worker"/>; every accepted connection gets an owner from <paramref name="owner"/>.</summary>
    protected (AcceptHandler Accepted, EndPoint Address) Serve(Func<Connection, IConnectionHandler> owner, EndPoint? address = null)
    {
        var accepted = new AcceptHandler(owner, Accept);
        IListenSocket socket = null!;
        Harness.Run(() => socket = Worker.Listen(new ListenRequest(address ?? Harness.Free), accepted));
        return (accepted, socket.LocalEndPoint);
    }

    /// <summary>Connects from <see cref="Worker"/>.</summary>
    protected Connection Connect(EndPoint address, IConnectionHandler handler, Action<Connection>? prepare = null, long timeout = 5000)
    {
        Connection connection = null!;
        Harness.Run(() =>
        {
            connection = Open(new ConnectRequest(address) { TimeoutMilliseconds = timeout }, handler);
            prepare?.Invoke(connection);
        });
        return connection;
    }

    /// <summary>What an accepted connection is used as.</summary>
    protected virtual Connection Accept(Connection connection) => connection;

    /// <summary>Begins a connection.</summary>
    protected virtual Connection Open(ConnectRequest request, IConnectionHandler handler) => Worker.Connect(request, handler);

    private sealed class Deferred(Action action) : IDeferred
    {
        public void Run() => action();
    }
}
