using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Core.Tests.Streams;

[TestFixture]
public sealed class ResponsePathTests : ChainFixture
{
    [SetUp]
    public void Ask()
    {
        Request(end: true);
        Seen();
    }

    [Test]
    public void Response_NobodyStops_PassesFiltersInTheOppositeOrder()
    {
        Respond();
        ResponseBody("x");
        ResponseBody("y", end: true);
        Seen().Should().Be("b: <headers; a: <headers; client: 200; b: <'x'; a: <'x'; client: 'x'; b: <'y' end; a: <'y' end; client: 'y' end");
    }

    [Test]
    public void Response_WithTrailers_EndsWithThem()
    {
        Respond();
        T.Stream.SendTrailers(Trailers);
        Seen().Should().Be("b: <headers; a: <headers; client: 200; b: <trailers; a: <trailers; client: trailers end");
    }

    [Test]
    public void Informational_ComesBeforeTheResponse()
    {
        Headers.Set(KnownHeader.Status, 103);
        T.Stream.SendInformational(Headers);
        Seen().Should().Be("b: <1xx; a: <1xx; client: 103");
    }

    [Test]
    public void Headers_Stopped_GoOnWithTheBodyThatWaited()
    {
        B.ResponseHeaders = static _ => HeadersStatus.StopIteration;
        B.ResponseData = static (_, _) => DataStatus.StopAndBuffer;
        Respond();
        ResponseBody("x");
        ResponseBody("y", end: true);
        Seen().Should().Be("b: <headers; b: <'x'; b: <'y' end");
        B.Stream.BufferedResponse!.Length.Should().Be(2);
        B.Stream.ContinueResponse();
        Seen().Should().Be("a: <headers; client: 200; a: <'xy' end; client: 'xy' end");
    }

    [Test]
    public void Headers_StopAllAndWatermark_PausesTheProducer()
    {
        B.ResponseHeaders = static _ => HeadersStatus.StopAllAndWatermark;
        Respond();
        ResponseBody("01234567890");
        Seen().Should().Be("b: <headers; a: <high; b: <high; t: <high");
        B.Stream.ContinueResponse();
        Seen().Should().Be("a: <headers; client: 200; b: <'01234567890'; a: <'01234567890'; client: '01234567890'; a: <low; b: <low; t: <low");
    }

    [Test]
    public void Watermarks_FromClientAndBuffer_AreCountedTogether()
    {
        B.ResponseHeaders = static _ => HeadersStatus.StopAllAndWatermark;
        Chain.OnClientWatermark(above: true);
        Respond();
        ResponseBody("01234567890");
        B.Stream.ContinueResponse();
        Events.Count(static e => e.Contains("high", StringComparison.Ordinal)).Should().Be(3);
        Events.Should().NotContain(static e => e.Contains("low", StringComparison.Ordinal));
        Chain.OnClientWatermark(above: false);
        Events.Count(static e => e.Contains("low", StringComparison.Ordinal)).Should().Be(3);
    }

    [Test]
    public void Data_AboveTheLimitBeforeTheHeadHasGone_Is500PastTheFilters()
    {
        B.ResponseHeaders = static _ => HeadersStatus.StopIteration;
        B.ResponseData = static (_, _) => DataStatus.StopAndBuffer;
        Respond();
        Seen();
        ResponseBody("01234567890");
        Seen().Should().Be("b: <'01234567890'; response too large; client: 500; client: 'Internal Server Error' end");
        ResponseBody("more", end: true);
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Data_AboveTheLimitAfterTheHeadHasGone_ResetsTheStream()
    {
        B.ResponseData = static (_, _) => DataStatus.StopAndBuffer;
        Respond();
        Seen();
        ResponseBody("01234567890");
        Seen().Should().Be("b: <'01234567890'; response too large; reset response_payload_too_large");
    }

    [Test]
    public void Inject_FromTheResponseFilter_ReplacesTheBody()
    {
        B.ResponseData = static (_, _) => DataStatus.StopNoBuffer;
        Respond();
        ResponseBody("old", end: true);
        Seen();
        B.Stream.InjectResponseData("new"u8, endStream: true);
        Seen().Should().Be("a: <'new' end; client: 'new' end");
    }

    [Test]
    public void Reply_WhenAResponseWaitsAtAFilter_TakesItsPlace()
    {
        B.ResponseHeaders = static _ => HeadersStatus.StopIteration;
        Respond();
        Seen();
        B.Stream.SendLocalReply(504, "late"u8, "late");
        Seen().Should().Be("client: 504; client: 'late' end");
        B.Stream.ContinueResponse();
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Reply_HeldByAFilter_GoesOnLater()
    {
        A.ResponseHeaders = static _ => HeadersStatus.StopIteration;
        A.ResponseData = static (_, _) => DataStatus.StopAndWatermark;
        T.Stream.SendLocalReply(404, "none"u8, "route_not_found");
        Seen().Should().Be("t: <headers; b: <headers; a: <headers; t: <'none' end; b: <'none' end; a: <'none' end");
        A.Stream.ContinueResponse();
        Seen().Should().Be("client: 404; client: 'none' end");
    }

    [Test]
    public void Response_BeforeTheRequestHasEnded_DoesNotStopTheRequest()
    {
        Chain.Recycle();
        Chain.Start(null);
        Request();
        Respond();
        Body("x");
        ResponseBody("y");
        Body("", end: true);
        ResponseBody("", end: true);
        Seen().Should().Be("a: headers; b: headers; t: headers; b: <headers; a: <headers; client: 200; a: 'x'; b: 'x'; t: 'x'; b: <'y'; a: <'y'; client: 'y'; a: '' end; b: '' end; t: '' end; b: <'' end; a: <'' end; client: '' end");
    }
}
