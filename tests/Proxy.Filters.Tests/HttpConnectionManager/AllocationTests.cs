using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class AllocationTests : ManagerFixture
{
    [Test]
    public void Requests_InSteadyState_AllocateNothing()
    {
        AccessLog.Enabled = false;
        var codec = new DirectDrive();
        Listen(Config(static config => config with { UseRemoteAddress = true }), () => new PassFilter(), () => new CannedFilter());
        var peer = Connect();
        var server = Accepted.Single();
        peer.PauseReading();
        var request = Encoding.Latin1.GetBytes(Get("/path?x=1", "user-agent: test\r\naccept: */*\r\nx-custom: some value\r\nx-forwarded-for: 1.2.3.4\r\n"));
        codec.Drive(this, server, request, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        codec.Drive(this, server, request, 1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        CannedFilter.Answered.Should().BeGreaterThanOrEqualTo(1200);
    }

    /// <summary>Feeds requests to a manager of its own with nothing but the loop around it.</summary>
    private sealed class DirectDrive
    {
        private Proxy.Filters.Network.HttpConnectionManager.HttpConnection? _connection;
        private NullCallbacks? _callbacks;

        public void Drive(AllocationTests test, Connections.Connection server, byte[] request, int count)
        {
            if (_connection is null)
            {
                _connection = new Proxy.Filters.Network.HttpConnectionManager.HttpConnection(test.Model.For(test.Worker));
                _callbacks = new NullCallbacks(server);
                _connection.Attach(_callbacks);
                _connection.OnNewConnection();
            }

            for (var i = 0; i < count; i++)
            {
                var chunk = new Connections.StreamChunk(request, endOfStream: false);
                _connection.OnData(ref chunk);
                test.Worker.RunDeferred();
            }
        }
    }

    private sealed class NullCallbacks(Connections.Connection connection) : Connections.INetworkFilterCallbacks
    {
        public Connections.Connection Connection => connection;

        public void ContinueReading()
        {
        }

        public void Write(ReadOnlySpan<byte> data, bool endStream)
        {
        }
    }

    private sealed class PassFilter : HttpFilter
    {
        public override bool IsReusable => true;
    }

    private sealed class CannedFilter : HttpFilter
    {
        private readonly HeaderMap _headers = new();

        public static int Answered { get; private set; }

        public override bool IsReusable => true;

        public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
        {
            Answered++;
            _headers.Clear();
            _headers.Set(KnownHeader.Status, "200"u8);
            _headers.Set(KnownHeader.ContentLength, 2);
            Callbacks.SendHeaders(_headers, endStream: false);
            Callbacks.SendData("ok"u8, endStream: true);
            return HeadersStatus.StopIteration;
        }
    }
}
