using Proxy.Http.H1;
using Proxy.Stats;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>Headers with underscores in their names, and how often there were any.</summary>
[TestFixture(HeadersWithUnderscoresAction.Allow, 200, 0, 0)]
[TestFixture(HeadersWithUnderscoresAction.DropHeader, 200, 2, 0)]
[TestFixture(HeadersWithUnderscoresAction.RejectRequest, 400, 0, 1)]
public sealed class UnderscoreTests : ManagerFixture
{
    private readonly int _status;
    private readonly int _dropped;
    private readonly int _rejected;

    public UnderscoreTests(object action, int status, int dropped, int rejected)
    {
        CodecOptions = new Http1ServerOptions { HeadersWithUnderscores = (HeadersWithUnderscoresAction)action };
        (_status, _dropped, _rejected) = (status, dropped, rejected);
    }

    [Test]
    public void Underscores_InTwoNames_AreCountedAsTheyAreTreated()
    {
        Listen(Config(), static () => new ReplyFilter());

        Response(Connect().Send(Get("/", "x_a: 1\r\nx_b: 2\r\n"))).Head.Should().StartWith($"HTTP/1.1 {_status} ");

        CodecCount(Http1Stats.DroppedUnderscores).Should().Be(_dropped);
        CodecCount(Http1Stats.RejectedUnderscores).Should().Be(_rejected);
    }

    private long CodecCount(CounterId id) => Model.CodecStats.Shard(Worker).Read(id);
}
