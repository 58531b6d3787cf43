using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers;

[TestFixture]
[Category("Loopback")]
public sealed class WorkerGroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Group_NothingSaid_HasAWorkerPerHardwareThread()
    {
        await using var group = new WorkerGroup(new WorkerOptions(), NullLoggerFactory.Instance);

        group.Workers.Should().HaveCount(Environment.ProcessorCount);
        group.Workers.Select(worker => worker.Name).Should().StartWith("worker_0");
        group.Main.Name.Should().Be("main");
    }

    [Test]
    public void Group_NoWorkers_IsRefused()
    {
        var act = () => new WorkerGroup(new WorkerOptions { Concurrency = 0 }, NullLoggerFactory.Instance);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Start_EachWorker_RunsOnAThreadOfItsName()
    {
        await using var group = Create();
        group.Start();
        foreach (var worker in group.Workers.Append(group.Main))
        {
            var name = new TaskCompletionSource<string?>();
            worker.Post(() => name.SetResult(Thread.CurrentThread.Name));
            (await name.Task.WaitAsync(Patience)).Should().Be(worker.Name);
        }
    }

    [Test]
    public async Task Run_Main_UsesTheCallersThreadUntilStopped()
    {
        await using var group = Create();
        var caller = 0;
        var main = 0;
        var thread = new Thread(() =>
        {
            caller = Environment.CurrentManagedThreadId;
            group.Run();
        });
        group.Main.Post(() => main = Environment.CurrentManagedThreadId);
        thread.Start();
        var ran = new TaskCompletionSource();
        group.Main.Post(() => ran.SetResult());
        await ran.Task.WaitAsync(Patience);

        await group.StopAsync().WaitAsync(Patience);

        thread.Join(Patience).Should().BeTrue();
        main.Should().Be(caller);
    }

    [Test]
    public async Task Stop_PostsMadeBefore_AreRun()
    {
        await using var group = Create();
        var count = 0;
        group.Start();
        for (var i = 0; i < 100; i++)
        {
            group.Workers[0].Post(() => count++);
        }

        await group.StopAsync().WaitAsync(Patience);

        count.Should().Be(100);
    }

    [Test]
    public async Task Stop_TwiceOrNeverStarted_IsHarmless()
    {
        var group = Create();
        await group.StopAsync().WaitAsync(Patience);
        await group.StopAsync().WaitAsync(Patience);
        await group.DisposeAsync();

        group.Workers[0].Post(() => throw new InvalidOperationException("never runs"));
    }

    [Test]
    public async Task Seed_Same_GivesTheSameChanceToEachWorker()
    {
        await using var one = Create();
        await using var two = Create();

        one.Workers[0].Random.Next().Should().Be(two.Workers[0].Random.Next());
        one.Workers[1].Random.Next().Should().NotBe(one.Workers[0].Random.Next());
    }

    private static WorkerGroup Create() => new(new WorkerOptions { Concurrency = 2, Seed = 7 }, NullLoggerFactory.Instance);
}
