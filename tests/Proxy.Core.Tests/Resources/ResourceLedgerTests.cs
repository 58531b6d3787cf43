using Proxy.Configuration;
using Proxy.Resources;
using Proxy.Resources.Status;

namespace Proxy.Core.Tests.Resources;

public sealed class ResourceLedgerTests
{
    private static readonly DateTimeOffset First = DateTimeOffset.UnixEpoch.AddSeconds(1);
    private static readonly DateTimeOffset Second = DateTimeOffset.UnixEpoch.AddSeconds(2);

    [Test]
    public void Named_BeforeAnAnswer_IsRequestedThenTimedOut()
    {
        var ledger = new ResourceLedger(ResourceKind.Routes, ["a", "b"]);

        Shown(ledger).Should().Equal("a Requested", "b Requested");
        ledger.TimeOut();
        Shown(ledger).Should().Equal("a TimedOut", "b TimedOut");
        Take(ledger, First, "1", complete: false, "a");
        Shown(ledger).Should().Equal("a Taken 1", "b TimedOut");
    }

    [Test]
    public void Everything_BeforeAnAnswer_IsOneEntry_AndThenTheResources()
    {
        var ledger = new ResourceLedger(ResourceKind.Cluster, []);

        Shown(ledger).Should().Equal("* Requested");
        Take(ledger, First, "1", complete: true, "a", "b", "c");
        Shown(ledger).Should().Equal("a Taken 1", "b Taken 1", "c Taken 1");
        Take(ledger, Second, "2", complete: true, "d", "b");
        Shown(ledger).Should().Equal(["b Taken 2", "d Taken 2"], "nobody asks for what the source does not name any more");
        ledger.Note(new ResourceUpdate("3", []) { Removed = ["b"] }, [], null, Second);
        Shown(ledger).Should().Equal("d Taken 2");
    }

    [TestCase(ResourceKind.Runtime, "a Missing")]
    [TestCase(ResourceKind.Extension, "a Missing")]
    [TestCase(ResourceKind.Routes, "a Missing 1", Description = "the table goes on to serve")]
    [TestCase(ResourceKind.Secret, "a Missing 1")]
    [TestCase(ResourceKind.Endpoints, "a Missing 1")]
    public void Named_Removed_StaysAndSaysWhatIsStillInUse(ResourceKind kind, string expected)
    {
        var ledger = new ResourceLedger(kind, ["a"]);
        Take(ledger, First, "1", complete: false, "a");

        ledger.Note(new ResourceUpdate("2", []) { Removed = ["a"] }, [], null, Second);

        Shown(ledger).Should().Equal(expected);
        ledger.Ask("a");
        Shown(ledger).Should().Equal(expected.Replace("Missing", "Requested", StringComparison.Ordinal));
    }

    [Test]
    public void Named_NotInACompleteAnswer_IsMissing()
    {
        var ledger = new ResourceLedger(ResourceKind.Cluster, ["a", "b"]);

        Take(ledger, First, "1", complete: true, "b");

        Shown(ledger).Should().Equal("a Missing", "b Taken 1");
    }

    [Test]
    public void Refused_InParts_KeepsWhatIsInUse_UntilAGoodOneComes()
    {
        var ledger = new ResourceLedger(ResourceKind.Listener, []);
        Take(ledger, First, "1", complete: true, "a", "b");
        var refused = new RefusedResources();
        refused.Add(Resource("a", "2"), new ConfigException("x", "wrong"), Second);
        refused.Add(Resource("c", "2"), new ConfigException("y", "wrong too"), Second);

        ledger.Note(Update("2", complete: true, "a", "b", "c"), refused.Faults, refused.ByName, Second);

        Shown(ledger).Should().Equal("a Refused 1", "b Taken 2", "c Refused");
        var entry = Entry(ledger, "a");
        (entry.UpdatedAt, entry.Message).Should().Be((First, "message of a 1"));
        entry.Refusal.Should().Be(new RefusedUpdate("message of a 2", "2", Second, "x: wrong"));
        Take(ledger, Second, "3", complete: true, "a");
        Shown(ledger).Should().Equal("a Taken 3");
        Entry(ledger, "a").Refusal.Should().BeNull();
    }

    [Test]
    public void Refused_InPartsOfAnAnswerThatIsTakenWhole_SaysNothingOfTheRest()
    {
        var ledger = new ResourceLedger(ResourceKind.Cluster, []);
        Take(ledger, First, "1", complete: true, "a", "b", "c");
        var refused = new RefusedResources();
        refused.Add(Resource("b", "2"), new ConfigException("x", "wrong"), Second);

        ledger.Note(Update("2", complete: true, "a", "b") with { IsWhole = true }, refused.Faults, refused.ByName, Second);

        Shown(ledger).Should().Equal("a Taken 1", "b Refused 1", "c Taken 1");
    }

    [Test]
    public void Refused_AsAWhole_MarksWhatIsInTheAnswer()
    {
        var ledger = new ResourceLedger(ResourceKind.RouteScope, []);
        Take(ledger, First, "1", complete: true, "a", "b");

        ledger.Note(Update("2", complete: true, "a"), [new ConfigFault("", "keys overlap")], null, Second);

        Shown(ledger).Should().Equal("a Refused 1", "b Taken 1");
        Entry(ledger, "a").Refusal!.Details.Should().Be("keys overlap");
    }

    [Test]
    public void Refused_AnotherNameThanTheOneAskedFor_MarksThatOne()
    {
        var ledger = new ResourceLedger(ResourceKind.Secret, ["a"]);

        ledger.Note(Update("2", complete: true, "b"), [new ConfigFault("name", "b instead of a")], null, Second);

        Shown(ledger).Should().Equal("a Refused");
    }

    [Test]
    public void Refused_WithoutAnythingThatCouldBeRead_MarksTheWatch()
    {
        var all = new ResourceLedger(ResourceKind.Cluster, []);
        var named = new ResourceLedger(ResourceKind.Routes, ["a"]);
        var answer = new RefusedAnswer("", Second, "no JSON");

        all.Refuse(answer);
        named.Refuse(answer);

        Shown(all).Should().Equal("* Refused");
        Shown(named).Should().Equal("a Refused");
        Entry(named, "a").Refusal.Should().Be(new RefusedUpdate(null, "", Second, "no JSON"));
        Take(all, Second, "3", complete: true, "a");
        Shown(all).Should().Equal("a Taken 3");
    }

    [Test]
    public void HeartBeat_ChangesNothingButTheState()
    {
        var ledger = new ResourceLedger(ResourceKind.Cluster, []);
        Take(ledger, First, "1", complete: false, "a");

        ledger.Note(new ResourceUpdate("2", [new Resource("a", "2", null)]), [], null, Second);

        Shown(ledger).Should().Equal("a Taken 1");
        (Entry(ledger, "a").UpdatedAt, Entry(ledger, "a").Message).Should().Be((First, "message of a 1"));
    }

    [Test]
    public void Alias_OfWhatCame_IsAnswered()
    {
        var ledger = new ResourceLedger(ResourceKind.VirtualHost, []);
        ledger.Ask("t/a.test");

        ledger.Note(new ResourceUpdate("1", [Resource("t/host", "1") with { Aliases = ["t/a.test", "t/nobody-asked"] }]), [], null, First);

        Shown(ledger).Should().Equal("t/a.test Taken 1", "t/host Taken 1");
    }

    [Test]
    public void Rename_ForgetsWhatIsNotWatchedAnyMore()
    {
        var ledger = new ResourceLedger(ResourceKind.Endpoints, ["a", "b"]);
        Take(ledger, First, "1", complete: false, "a", "b");

        ledger.Rename(["b", "c"]);

        Shown(ledger).Should().Equal("b Taken 1", "c Requested");
    }

    [Test]
    public void Endpoints_AreNotKept()
    {
        var ledger = new ResourceLedger(ResourceKind.Endpoints, ["a"]);

        Take(ledger, First, "1", complete: false, "a");

        Entry(ledger, "a").Message.Should().BeNull();
    }

    private static void Take(ResourceLedger ledger, DateTimeOffset at, string version, bool complete, params string[] names) =>
        ledger.Note(Update(version, complete, names), [], null, at);

    private static ResourceUpdate Update(string version, bool complete, params string[] names) =>
        new(version, [.. names.Select(name => Resource(name, version))]) { IsComplete = complete };

    private static Resource Resource(string name, string version) => new(name, version, "config") { Message = $"message of {name} {version}" };

    private static ResourceStatus Entry(ResourceLedger ledger, string name) => ledger.Entries.Single(entry => entry.Name == name);

    private static string[] Shown(ResourceLedger ledger) =>
        [.. ledger.Entries.Select(static entry => $"{entry.Name} {entry.State} {entry.Version}".TrimEnd()).Order(StringComparer.Ordinal)];
}
