using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Http;
using Proxy.Resources.Extensions;
using Proxy.Streams;
using Proxy.Testing;

namespace Proxy.Core.Tests.Streams;

/// <summary>A chain of three scripted filters: <c>a</c>, <c>b</c> and the terminal <c>t</c>, which keeps what it gets.</summary>
public abstract class ChainFixture : SimulatedFixture
{
    protected ChainFixture()
    {
        (A, B, T) = (new ScriptedFilter("a", Events), new ScriptedFilter("b", Events), new ScriptedFilter("t", Events));
        T.RequestHeaders = static _ => HeadersStatus.StopIteration;
        T.RequestData = static (_, _) => DataStatus.StopNoBuffer;
        T.RequestTrailers = static () => TrailersStatus.StopIteration;
        FilterSource<HttpFilter>[] filters = [new(_ => A), new(_ => B), new(_ => T)];
        Owner = new FakeOwner(Worker, Events);
        Chain = new HttpFilterChain(new HttpFilterChainModel(filters, [true, true, true], NullLogger.Instance), Owner, Worker) { BufferLimit = 10 };
        Owner.Chain = Chain;
        Chain.Start(null);
        Headers.Set(KnownHeader.Status, 200);
    }

    protected List<string> Events { get; } = [];

    private protected ScriptedFilter A { get; }

    private protected ScriptedFilter B { get; }

    private protected ScriptedFilter T { get; }

    private protected FakeOwner Owner { get; }

    private protected HttpFilterChain Chain { get; }

    protected HeaderMap Headers { get; } = new();

    protected HeaderMap Trailers { get; } = new();

    [TearDown]
    public void GiveBack()
    {
        Chain.End();
        Chain.Recycle();
    }

    /// <summary>What happened since the last look.</summary>
    protected string Seen()
    {
        var text = string.Join("; ", Events);
        Events.Clear();
        return text;
    }

    protected void Request(bool end = false) => Chain.OnRequestHeaders(Owner.RequestHeaders, end);

    protected void Body(string text, bool end = false) => Chain.OnRequestData(System.Text.Encoding.ASCII.GetBytes(text), end);

    protected void RequestTrailers() => Chain.OnRequestTrailers(Trailers);

    protected void Respond(bool end = false) => T.Stream.SendHeaders(Headers, end);

    protected void ResponseBody(string text, bool end = false) => T.Stream.SendData(System.Text.Encoding.ASCII.GetBytes(text), end);
}
