using System.Text;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers;

[TestFixture]
public sealed class WorkerTests : SimulatedFixture
{
    [Test]
    public void Arm_InTheMiddleOfAMillisecond_FiresNoEarlier()
    {
        Runtime.Advance(TimeSpan.FromMicroseconds(700));
        var fired = TimeSpan.Zero;
        Worker.CreateTimer(_ => fired = Runtime.Time.Elapsed).Arm(10);

        Runtime.Advance(TimeSpan.FromMilliseconds(20));

        fired.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMicroseconds(10_700)).And.BeLessThan(TimeSpan.FromMicroseconds(11_700));
    }

    [Test]
    public void Timer_WhatItDefers_RunsBeforeTheNextTimer()
    {
        var order = new List<string>();
        Worker.CreateTimer(_ =>
        {
            order.Add("first");
            Worker.Defer(new Deferred(() => order.Add("deferred")));
        }).Arm(5);
        Worker.CreateTimer(_ => order.Add("second")).Arm(5);

        Runtime.Advance(5);

        order.Should().Equal("first", "deferred", "second");
    }

    [Test]
    public void DateHeader_NextSecond_Changes()
    {
        Encoding.ASCII.GetString(Worker.DateHeader).Should().Be("Tue, 01 Jan 2030 00:00:00 GMT");
        Runtime.Advance(61_000);
        Encoding.ASCII.GetString(Worker.DateHeader).Should().Be("Tue, 01 Jan 2030 00:01:01 GMT");
    }

    [Test]
    public async Task Await_OnAWorker_ContinuesOnIt()
    {
        var source = new TaskCompletionSource();
        Worker? seen = null;
        Runtime.Run(Worker, Wait);
        await Task.Run(source.SetResult);

        Runtime.RunUntilIdle();

        seen.Should().BeSameAs(Worker);

        async void Wait()
        {
            await source.Task;
            seen = Runtime.Workers.Single(worker => worker.IsCurrent);
        }
    }

    [Test]
    public void WorkerLocal_EachWorker_HasItsOwn()
    {
        var made = 0;
        var local = new WorkerLocal<object>(_ =>
        {
            made++;
            return new object();
        });

        var first = local.Get(Worker);
        local.Get(Worker).Should().BeSameAs(first);
        local.Get(Runtime.Main).Should().NotBeSameAs(first);
        made.Should().Be(2);
    }

    private sealed class Deferred(Action action) : IDeferred
    {
        public void Run() => action();
    }
}
