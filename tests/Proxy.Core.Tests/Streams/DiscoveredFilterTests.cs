using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Http;
using Proxy.Resources.Extensions;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Streams;

/// <summary>A chain with a filter whose configuration comes and changes.</summary>
public sealed class DiscoveredFilterTests : SimulatedFixture
{
    private readonly List<string> _events = [];

    [Test]
    public void Stream_ConfigurationIsMissing_IsRefusedWith500()
    {
        var (chain, owner) = Chain(new FilterSource<HttpFilter>(null));

        chain.OnRequestHeaders(owner.RequestHeaders, endStream: true);

        chain.ResponseHeaders!.Get(KnownHeader.Status).ToArray().Should().Equal("500"u8.ToArray());
        owner.Info.Flags.Should().Be(ResponseFlags.NoFilterConfigFound);
    }

    [Test]
    public void Stream_AfterAChange_HasTheNewFilterThoughTheOldOneIsReusable()
    {
        var source = new FilterSource<HttpFilter>(_ => new Reusable("old", _events));
        var (chain, owner) = Chain(source);
        chain.OnRequestHeaders(owner.RequestHeaders, endStream: true);
        End(chain);

        source.Current = _ => new Reusable("new", _events);
        chain.Start(null);
        chain.OnRequestHeaders(owner.RequestHeaders, endStream: true);
        End(chain);

        _events.Where(static text => text is "old" or "new").Should().Equal("old", "new");
    }

    private (HttpFilterChain Chain, FakeOwner Owner) Chain(FilterSource<HttpFilter> source)
    {
        var owner = new FakeOwner(Worker, _events);
        var chain = new HttpFilterChain(new HttpFilterChainModel([source], [true], NullLogger.Instance), owner, Worker);
        owner.Chain = chain;
        chain.Start(null);
        return (chain, owner);
    }

    private static void End(HttpFilterChain chain)
    {
        chain.End();
        chain.Recycle();
    }

    private sealed class Reusable(string name, List<string> events) : HttpFilter
    {
        public override bool IsReusable => true;

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            events.Add(name);
            return HeadersStatus.StopIteration;
        }
    }
}
