using Proxy.Workers;
using Proxy.Workers.Simulated;

namespace Proxy.Core.Tests.Workers;

[TestFixture]
public sealed class TimerWheelTests
{
    private readonly List<int> _fired = [];
    private readonly SimulatedWorker _worker = new SimulatedRuntime().Main;

    [Test]
    public void Wheel_Empty_HasNothingDue()
    {
        new TimerWheel(5).NextDue().Should().Be(-1);
    }

    [TestCase(1)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(4095)]
    [TestCase(4096)]
    [TestCase(262_143)]
    [TestCase(262_144)]
    [TestCase(1L << 30)]
    [TestCase((1L << 36) - 1)]
    [TestCase(1L << 36)]
    [TestCase((1L << 37) + 12345)]
    public void Wheel_TimerAtALevelsBoundary_FiresAtItsMomentAndNotBefore(long delay)
    {
        foreach (var start in new[] { 0L, 1, 63, 64, 4096, 1L << 30, (1L << 36) - 1 })
        {
            var wheel = new TimerWheel(start);
            var timer = Timer(1);
            wheel.Arm(timer, start + delay);

            wheel.Advance(start + delay - 1);
            _fired.Should().BeEmpty($"start {start}");
            wheel.NextDue().Should().BeLessThanOrEqualTo(start + delay);

            wheel.Advance(start + delay);
            _fired.Should().Equal([1], $"start {start}");
            wheel.Count.Should().Be(0);
            _fired.Clear();
        }
    }

    [Test]
    public void Wheel_AnyOrderOfCalls_BehavesAsASortedList([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        var now = random.NextInt64(1L << random.Next(1, 40));
        var wheel = new TimerWheel(now);
        var timers = Enumerable.Range(0, 60).Select(Timer).ToArray();
        var model = new Dictionary<int, long>();

        for (var step = 0; step < 800; step++)
        {
            var id = random.Next(timers.Length);
            switch (random.Next(4))
            {
                case 0 or 1:
                    model[id] = now + 1 + random.NextInt64(1L << random.Next(1, 39));
                    wheel.Arm(timers[id], model[id]);
                    break;
                case 2:
                    model.Remove(id);
                    wheel.Cancel(timers[id]);
                    break;
                default:
                    now += random.NextInt64(1L << random.Next(1, 38));
                    CheckAdvance(wheel, model, now);
                    break;
            }

            wheel.Count.Should().Be(model.Count);
            (wheel.NextDue() <= (model.Count == 0 ? -1 : model.Values.Min())).Should().BeTrue("it never sleeps past a timer");
        }
    }

    [Test]
    public void Wheel_AdvancedByItsOwnNextDue_ReachesAFarTimerInFewSteps()
    {
        var wheel = new TimerWheel(12_345);
        wheel.Arm(Timer(1), 12_345 + (1L << 38));
        var steps = 0;
        while (_fired.Count == 0)
        {
            wheel.Advance(wheel.NextDue());
            steps++;
        }

        steps.Should().BeLessThan(20);
    }

    [Test]
    public void Timers_OfOneMoment_FireInTheOrderArmed()
    {
        var wheel = new TimerWheel(0);
        for (var i = 0; i < 10; i++)
        {
            wheel.Arm(Timer(i), 500);
        }

        wheel.Advance(1000);

        _fired.Should().BeInAscendingOrder().And.HaveCount(10);
    }

    [Test]
    public void Callback_CancelsATimerOfTheSameMoment_ItDoesNotFire()
    {
        var wheel = new TimerWheel(0);
        var victim = Timer(2);
        wheel.Arm(new WorkerTimer(_worker, _ => wheel.Cancel(victim), null), 10);
        wheel.Arm(victim, 10);

        wheel.Advance(20);

        _fired.Should().BeEmpty();
        victim.IsArmed.Should().BeFalse();
    }

    [Test]
    public void Callback_ArmsItsTimerAgainForNow_FiresInTheNextMillisecondNotInThisCall()
    {
        var wheel = new TimerWheel(0);
        var count = 0;
        WorkerTimer? again = null;
        again = new WorkerTimer(
            _worker,
            _ =>
            {
                count++;
                wheel.Arm(again!, 10);
            },
            null);
        wheel.Arm(again, 10);

        wheel.Advance(10);
        count.Should().Be(1);

        wheel.Advance(11);
        count.Should().Be(2);
    }

    [Test]
    public void Callback_Throws_TheOthersOfItsMomentFireOnTheNextCall()
    {
        var wheel = new TimerWheel(0);
        wheel.Arm(new WorkerTimer(_worker, _ => throw new InvalidOperationException("boom"), null), 10);
        wheel.Arm(Timer(1), 10);

        var act = () => wheel.Advance(10);
        act.Should().Throw<InvalidOperationException>();
        wheel.Advance(10);

        _fired.Should().Equal(1);
        wheel.Count.Should().Be(0);
    }

    private void CheckAdvance(TimerWheel wheel, Dictionary<int, long> model, long now)
    {
        var expected = model.Where(entry => entry.Value <= now).OrderBy(entry => entry.Value).ToList();
        _fired.Clear();
        wheel.Advance(now);

        _fired.Select(id => model[id]).Should().Equal(expected.Select(entry => entry.Value), "they fire in order of their time");
        _fired.Should().BeEquivalentTo(expected.Select(entry => entry.Key));
        _fired.ForEach(id => model.Remove(id));
    }

    private WorkerTimer Timer(int id) => new(_worker, _ => _fired.Add(id), null);
}
