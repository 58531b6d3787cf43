using System.Net;
using Proxy.Configuration.Listeners;
using Proxy.Listeners;
using Proxy.Testing;

namespace Proxy.Core.Tests.Listeners;

public sealed class ConditionalListenerFilterTests : SimulatedFixture
{
    private static readonly ConnectionPredicateConfig Every = new EveryConnectionConfig();
    private static readonly ConnectionPredicateConfig None = new NotConnectionPredicateConfig(Every);

    private static readonly TestCaseData[] Cases =
    [
        new(Every, true),
        new(None, false),
        new(new DestinationPortsConfig(80, 81), true),
        new(new DestinationPortsConfig(79, 80), false),
        new(new DestinationPortsConfig(81, 90), false),
        new(new AllConnectionPredicatesConfig([Every, Every]), true),
        new(new AllConnectionPredicatesConfig([Every, None]), false),
        new(new AnyConnectionPredicateConfig([None, Every]), true),
        new(new AnyConnectionPredicateConfig([None, None]), false),
    ];

    [TestCaseSource(nameof(Cases))]
    public void OnAccept_SkipsConnectionsThatThePredicateHoldsFor(object predicate, bool skips)
    {
        Accept("10.0.0.1:80", (ConnectionPredicateConfig)predicate).Should().Be(skips ? ListenerFilterStatus.Continue : ListenerFilterStatus.NeedMoreData);
    }

    [Test]
    public void OnAccept_AddressSetByAFilterBefore_Counts()
    {
        Accept("10.0.0.1:80", new DestinationPortsConfig(443, 444), IPEndPoint.Parse("10.0.0.9:443")).Should().Be(ListenerFilterStatus.Continue);
    }

    [Test]
    public void OnData_FilterThatIsAsked_SeesTheBytes()
    {
        var inner = new Waiting();
        new ConditionalListenerFilter(inner, None).OnData("abc"u8, out var consumed).Should().Be(ListenerFilterStatus.Continue);

        (inner.Seen, consumed).Should().Be((3, 2));
    }

    private ListenerFilterStatus Accept(string address, ConnectionPredicateConfig predicate, IPEndPoint? restored = null)
    {
        var endPoint = IPEndPoint.Parse(address);
        var accepted = new AcceptHandler(static _ => new RecordingHandler());
        Runtime.Run(Worker, () => Worker.Listen(new Proxy.Workers.ListenRequest(endPoint), accepted));
        TestPeer.Connect(Runtime, endPoint);
        var connection = accepted.Connections[0];
        if (restored is not null)
        {
            connection.Info.LocalEndPoint = restored;
        }

        var filter = new ConditionalListenerFilter(new Waiting(), predicate);
        filter.Attach(connection);
        return filter.OnAccept();
    }

    private sealed class Waiting : ListenerFilter
    {
        public int Seen { get; private set; }

        public override ListenerFilterStatus OnData(ReadOnlySpan<byte> data, out int consumed)
        {
            Seen = data.Length;
            consumed = 2;
            return ListenerFilterStatus.Continue;
        }
    }
}
