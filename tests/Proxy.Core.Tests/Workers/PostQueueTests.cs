using Proxy.Workers;

namespace Proxy.Core.Tests.Workers;

[TestFixture]
public sealed class PostQueueTests
{
    private int _wakes;

    [Test]
    public void Add_SeveralBeforeTheyAreTaken_WakesOnce()
    {
        var queue = new PostQueue(() => _wakes++);
        queue.Add(_ => { }, null);
        queue.Add(_ => { }, null);
        _wakes.Should().Be(1);

        queue.Take();
        queue.Add(_ => { }, null);

        _wakes.Should().Be(2);
    }

    [Test]
    public void TryNext_AfterTake_GivesWhatWasThereInOrder()
    {
        var queue = new PostQueue(() => { });
        queue.Add(_ => { }, "a");
        queue.Add(_ => { }, "b");
        queue.Take();
        queue.Add(_ => { }, "c");

        StatesOf(queue).Should().Equal("a", "b");
        queue.Take();
        StatesOf(queue).Should().Equal("c");
    }

    [Test]
    public void Add_Closed_WakesNobody()
    {
        var queue = new PostQueue(() => _wakes++);
        queue.Close();

        queue.Add(_ => { }, null);
        queue.Take();

        _wakes.Should().Be(0);
        queue.TryNext(out _).Should().BeFalse();
    }

    private static List<object?> StatesOf(PostQueue queue)
    {
        var states = new List<object?>();
        while (queue.TryNext(out var post))
        {
            states.Add(post.State);
        }

        return states;
    }
}
