using Proxy.Testing;
using Proxy.Workers;
using Proxy.Workers.Simulated;

namespace Proxy.Core.Tests.Simulated;

public sealed class SimulatedRuntimeTests() : SimulatedFixture(workers: 2)
{
    [Test]
    public void Advance_TimersOfSeveralWorkers_FireInOrderAtTheirMoments()
    {
        var fired = new List<string>();
        Arm(Runtime.Workers[1], 20, fired);
        Arm(Runtime.Workers[0], 5, fired);
        Arm(Runtime.Main, 70_000, fired);

        Runtime.Advance(TimeSpan.FromSeconds(69));
        fired.Should().Equal("worker_0@5", "worker_1@20");

        Runtime.Advance(TimeSpan.FromSeconds(1));
        fired.Should().EndWith("main@70000");
    }

    [Test]
    public void Advance_TimerArmsAnother_TheSecondFiresInTheSameCall()
    {
        var moments = new List<long>();
        WorkerTimer timer = null!;
        timer = Worker.CreateTimer(_ =>
        {
            moments.Add(Worker.Now);
            timer.Arm(10);
        });
        timer.Arm(10);

        Runtime.Advance(35);

        moments.Select(moment => moment - moments[0]).Should().Equal(0, 10, 20);
    }

    [Test]
    public void Advance_PostFromATimer_RunsBeforeTheNextTimer()
    {
        var order = new List<string>();
        Worker.CreateTimer(_ => Runtime.Main.Post(() => order.Add("post"))).Arm(1);
        Worker.CreateTimer(_ => order.Add("timer")).Arm(2);

        Runtime.Advance(5);

        order.Should().Equal("post", "timer");
    }

    [Test]
    public void Clock_Advanced_EveryViewAgrees()
    {
        var start = Worker.UtcNow;
        var stamp = Runtime.Time.GetTimestamp();

        Runtime.Advance(TimeSpan.FromMilliseconds(1234));
        Runtime.RunUntilIdle();

        Worker.Now.Should().Be(1234);
        Worker.NowMicroseconds.Should().Be(1_234_000);
        (Worker.UtcNow - start).TotalMilliseconds.Should().Be(1234);
        Runtime.Time.GetElapsedTime(stamp).TotalMilliseconds.Should().BeApproximately(1234, 0.001);
    }

    [Test]
    public async Task Await_InACallback_ResumesOnTheWorker()
    {
        SimulatedWorker? before = null;
        SynchronizationContext? after = null;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? call = null;
        Runtime.Run(Worker, () => call = Call());

        gate.SetResult();
        Runtime.RunUntilIdle();

        await call!;
        before.Should().BeSameAs(Worker);
        after.Should().BeSameAs(Worker.SynchronizationContext);

        async Task Call()
        {
            before = Runtime.Running;
            await gate.Task;
            after = SynchronizationContext.Current;
        }
    }

    [Test]
    public async Task Delay_OnTheSimulatedClock_EndsWhenTheTimeHasPassed()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), Runtime.Time);
        Runtime.Advance(TimeSpan.FromMinutes(59));
        delay.IsCompleted.Should().BeFalse();

        Runtime.Advance(TimeSpan.FromMinutes(1));

        await delay;
        delay.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public void AssertCurrent_InsideACallbackOfAnotherWorker_Throws()
    {
        var act = () => Runtime.Run(Runtime.Main, () => Worker.CreateTimer(_ => { }).Arm(1));

#if DEBUG
        act.Should().Throw<InvalidOperationException>().WithMessage("*worker_0*");
#else
        act.Should().NotThrow();
#endif
    }

    [Test]
    public void RunUntilIdle_EndlessPosts_SaysSo()
    {
        var endless = true;
        Worker.Post(Again);
        var act = Runtime.RunUntilIdle;

        act.Should().Throw<InvalidOperationException>().WithMessage("*rest*");
        endless = false;

        void Again()
        {
            if (endless)
            {
                Worker.Post(Again);
            }
        }
    }

    [Test]
    public void Random_SameSeed_SameSequence()
    {
        var first = new SimulatedRuntime(seed: 7).Main.Random.Next();
        var again = new SimulatedRuntime(seed: 7).Main.Random.Next();
        var other = new SimulatedRuntime(seed: 8).Main.Random.Next();

        again.Should().Be(first);
        other.Should().NotBe(first);
    }

    private static void Arm(Worker worker, long milliseconds, List<string> fired)
    {
        worker.CreateTimer(_ => fired.Add($"{worker.Name}@{worker.Now}")).Arm(milliseconds);
    }
}
