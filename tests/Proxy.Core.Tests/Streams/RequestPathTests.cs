using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Core.Tests.Streams;

[TestFixture]
public sealed class RequestPathTests : ChainFixture
{
    [Test]
    public void Request_NobodyStops_PassesAllFiltersInOrder()
    {
        Request();
        Body("x");
        Body("y", end: true);
        Seen().Should().Be("a: headers; b: headers; t: headers; a: 'x'; b: 'x'; t: 'x'; a: 'y' end; b: 'y' end; t: 'y' end");
    }

    [Test]
    public void Headers_Stopped_GoOnWithContinue()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopIteration;
        Request(end: true);
        Seen().Should().Be("a: headers end");
        A.Stream.ContinueRequest();
        Seen().Should().Be("b: headers end; t: headers end");
        A.Stream.ContinueRequest();
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Headers_Stopped_GoOnWhenDataContinues()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopIteration;
        Request();
        Body("x", end: true);
        Seen().Should().Be("a: headers; a: 'x' end; b: headers; t: headers; b: 'x' end; t: 'x' end");
    }

    [Test]
    public void Headers_Stopped_GoOnWhenTrailersContinue()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopIteration;
        A.RequestData = static (_, _) => DataStatus.StopAndBuffer;
        Request();
        Body("x");
        Body("y");
        RequestTrailers();
        Seen().Should().Be("a: headers; a: 'x'; a: 'y'; a: trailers; b: headers; t: headers; b: 'xy'; t: 'xy'; b: trailers; t: trailers");
    }

    [Test]
    public void Headers_StopAll_HoldsEverythingFromTheFilterItself()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopAllAndBuffer;
        Request();
        Body("x");
        Body("y");
        RequestTrailers();
        Seen().Should().Be("a: headers");
        A.Stream.BufferedRequest!.Length.Should().Be(2);
        A.Stream.ContinueRequest();
        Seen().Should().Be("b: headers; t: headers; a: 'xy'; b: 'xy'; t: 'xy'; a: trailers; b: trailers; t: trailers");
        A.Stream.BufferedRequest.Should().BeNull();
    }

    [Test]
    public void Headers_StopAllThenFilterHoldsTheBody_BothQueuesKeepOrder()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopAllAndBuffer;
        A.RequestData = static (_, end) => end ? DataStatus.Continue : DataStatus.StopAndBuffer;
        Request();
        Body("x");
        A.Stream.ContinueRequest();
        Body("y", end: true);
        Seen().Should().Be("a: headers; b: headers; t: headers; a: 'x'; a: 'y' end; b: 'x'; t: 'x'; b: 'y' end; t: 'y' end");
    }

    [Test]
    public void Headers_ContinueFromInsideTheCall_IsAsGoodAsTheStatus()
    {
        A.RequestHeaders = _ =>
        {
            A.Stream.ContinueRequest();
            return HeadersStatus.StopIteration;
        };
        Request(end: true);
        Seen().Should().Be("a: headers end; b: headers end; t: headers end");
    }

    [Test]
    public void Data_Buffered_ComesInOneGoWithTheEnd()
    {
        B.RequestData = static (_, end) => end ? DataStatus.Continue : DataStatus.StopAndBuffer;
        Request();
        Body("x");
        Body("y");
        Seen();
        B.Stream.BufferedRequest!.Length.Should().Be(2);
        Body("z", end: true);
        Seen().Should().Be("a: 'z' end; b: 'z' end; t: 'xy'; t: 'z' end");
    }

    [Test]
    public void Data_BufferedToTheEndThenContinued_EndsOnce()
    {
        A.RequestData = static (_, _) => DataStatus.StopAndBuffer;
        Request();
        Body("x");
        Body("y", end: true);
        Seen();
        A.Stream.ContinueRequest();
        Seen().Should().Be("b: 'xy' end; t: 'xy' end");
        A.Stream.ContinueRequest();
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Data_SwallowedThenContinued_StillEnds()
    {
        A.RequestData = static (_, _) => DataStatus.StopNoBuffer;
        Request();
        Body("x", end: true);
        Seen();
        A.Stream.ContinueRequest();
        Seen().Should().Be("b: '' end; t: '' end");
    }

    [Test]
    public void Data_AboveTheLimit_IsRefused()
    {
        A.RequestData = static (_, _) => DataStatus.StopAndBuffer;
        Request();
        Body("0123456789");
        Seen();
        Body("x");
        Seen().Should().Be("a: 'x'; request too large; t: <headers; b: <headers; a: <headers; client: 413; t: <'Payload Too Large' end; b: <'Payload Too Large' end; a: <'Payload Too Large' end; client: 'Payload Too Large' end");
        Owner.Info.ResponseCodeDetails.Should().Be("request_payload_too_large");
        Body("more", end: true);
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Data_AboveTheWatermark_PausesUntilHalfOfItIsGone()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopAllAndWatermark;
        Request();
        Body("0123456789");
        Body("0123456789");
        Body("x", end: true);
        Seen().Should().Be("a: headers; pause");
        A.Stream.ContinueRequest();
        Seen().Should().StartWith("b: headers; t: headers; a: '01234567890123456789x' end").And.EndWith("resume");
        Owner.Pauses.Should().Be(0);
    }

    [Test]
    public void Data_Replaced_GoesOnInItsNewForm()
    {
        A.Replacement = "new"u8.ToArray();
        Request();
        Body("old", end: true);
        Seen().Should().Be("a: headers; b: headers; t: headers; a: 'old' end; b: 'new' end; t: 'new' end");
    }

    [Test]
    public void Inject_AfterStopping_GoesBehindTheHead()
    {
        A.RequestHeaders = static _ => HeadersStatus.StopIteration;
        A.RequestData = static (_, _) => DataStatus.StopNoBuffer;
        Request();
        Body("abc", end: true);
        Seen();
        A.Stream.InjectRequestData("XYZ"u8, endStream: false);
        A.Stream.InjectRequestData("!"u8, endStream: true);
        A.Stream.ContinueRequest();
        Seen().Should().Be("b: headers; t: headers; b: 'XYZ'; t: 'XYZ'; b: '!' end; t: '!' end");
    }

    [Test]
    public void Inject_IntoARequestWithoutBody_GivesItOneThatEnds()
    {
        A.RequestHeaders = _ =>
        {
            A.Stream.InjectRequestData("XYZ"u8, endStream: false);
            return HeadersStatus.Continue;
        };
        Request(end: true);
        Seen().Should().Be("a: headers end; b: headers; t: headers; b: 'XYZ'; t: 'XYZ'; b: '' end; t: '' end");
    }

    [Test]
    public void Reply_FromTheFirstFilter_ReachesNobodyBehindWithTheRequest()
    {
        A.RequestHeaders = _ =>
        {
            A.Stream.SendLocalReply(403, "no"u8, "denied");
            return HeadersStatus.StopIteration;
        };
        Request();
        Seen().Should().Be("a: headers; t: <headers; b: <headers; a: <headers; client: 403; t: <'no' end; b: <'no' end; a: <'no' end; client: 'no' end");
        Body("x", end: true);
        A.Stream.ContinueRequest();
        Seen().Should().BeEmpty();
    }

    [Test]
    public void Reset_FromAFilter_EndsTheStreamAndStopsTheIteration()
    {
        A.RequestHeaders = _ =>
        {
            A.Stream.ResetStream(StreamResetReason.LocalReset, "enough");
            return HeadersStatus.Continue;
        };
        Request(end: true);
        Seen().Should().Be("a: headers end; reset enough");
    }

    [Test]
    public void Recycle_AfterAStoppedStream_NextOneStartsClean()
    {
        A.RequestData = static (_, _) => DataStatus.StopAndBuffer;
        Request();
        Body("x");
        Chain.End();
        Chain.Complete();
        Chain.Recycle();
        Seen().Should().EndWith("a: complete; b: complete; t: complete");
        Worker.Buffers.Outstanding.Should().Be(0);
        A.RequestData = null;
        Chain.Start(null);
        Request();
        Body("y", end: true);
        Seen().Should().EndWith("t: 'y' end");
    }
}
