using System.Text;
using Microsoft.Extensions.Logging;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Tests.HttpConnectionManager;

[TestFixture]
public sealed class AsyncFilterTests : ManagerFixture
{
    private readonly List<ReplyFilter> _filters = [];
    private readonly TaskCompletionSource _gate = new();

    private ReplyFilter Make()
    {
        var filter = new ReplyFilter();
        _filters.Add(filter);
        return filter;
    }

    private void Serve(Func<HttpStreamContext, HttpFilterDelegate, CancellationToken, ValueTask> invoke)
    {
        Listen(Config(), 1000, () => new FuncFilter(invoke), Make);
    }

    [Test]
    public void Invoke_CallsNext_ChangesRequestAndResponse()
    {
        var seen = "";
        Serve(async (context, next, _) =>
        {
            context.RequestHeaders.Set("x-in"u8, "1"u8);
            await next();
            seen = Encoding.ASCII.GetString(context.RequestHeaders.Get(KnownHeader.Path));
            context.ResponseHeaders!.Set("x-out"u8, "2"u8);
        });
        var peer = Connect().Send(Get("/p"));
        Response(peer).Head.Should().Contain("x-out: 2");
        seen.Should().Be("/p");
        Response(peer.Send(Get("/q"))).Head.Should().Contain("x-out: 2");
    }

    [Test]
    public void Invoke_WaitsForSomething_RequestWaitsWithIt()
    {
        Serve(async (_, next, _) =>
        {
            await _gate.Task;
            await next();
        });
        var peer = Connect().Send(Post("hello"));
        peer.ExpectSilence();
        _filters[0].Events.Should().BeEmpty();
        _gate.SetResult();
        Runtime.RunUntilIdle();
        Response(peer).Body.Should().Be("ok");
        _filters[0].Events.Take(2).Should().Equal("headers", "data 5 end");
    }

    [Test]
    public void Invoke_WaitsAfterTheResponseCame_ResponseWaitsWithIt()
    {
        Serve(async (context, next, _) =>
        {
            await next();
            await _gate.Task;
            context.ResponseHeaders!.Set("x-late"u8, "1"u8);
        });
        var peer = Connect().Send(Get());
        peer.ExpectSilence();
        _gate.SetResult();
        Runtime.RunUntilIdle();
        var (head, body) = Response(peer);
        head.Should().Contain("x-late: 1");
        body.Should().Be("ok");
    }

    [Test]
    public void Invoke_ReadsTheBody_HasAllOfItAndPassesItOn()
    {
        var seen = "";
        Serve(async (context, next, _) =>
        {
            seen = Encoding.ASCII.GetString(await context.ReadRequestBodyAsync());
            await next();
        });
        var peer = Connect().SendByteByByte(Post("hello world"));
        Response(peer).Body.Should().Be("ok");
        seen.Should().Be("hello world");
        _filters[0].Events.Should().StartWith("headers").And.Contain("data 11 end");
    }

    [Test]
    public void Invoke_ReadsABodyThatIsTooLarge_Answers413()
    {
        Serve(async (context, next, _) =>
        {
            await context.ReadRequestBodyAsync();
            await next();
        });
        Response(Connect().Send(Post(new string('x', 1001)))).Head.Should().StartWith("HTTP/1.1 413 ");
        _filters[0].Events.Should().NotContain("headers");
    }

    [Test]
    public void Invoke_LargeBodyButNobodyReadsIt_IsPausedNotRefused()
    {
        Serve(async (_, next, _) =>
        {
            await _gate.Task;
            await next();
        });
        var peer = Connect().Send(Post(new string('x', 200_000)));
        Accepted[0].IsReadDisabled.Should().BeTrue();
        _gate.SetResult();
        Runtime.RunUntilIdle();
        Response(peer).Body.Should().Be("ok");
        AccessLog.Lines.Should().Equal("200 None  POST / 200000 2");
    }

    [Test]
    public void Invoke_Replies_RequestGoesNoFurther()
    {
        Serve((context, _, _) =>
        {
            context.Reply(401, "who are you", "no_token", static headers => headers.Set("www-authenticate"u8, "Basic"u8));
            return default;
        });
        var (head, body) = Response(Connect().Send(Get()));
        head.Should().StartWith("HTTP/1.1 401 ").And.Contain("www-authenticate: Basic");
        body.Should().Be("who are you");
        AccessLog.Lines.Should().Equal("401 None no_token GET / 0 11");
    }

    [Test]
    public void Invoke_Throws_Is500AndALogLine()
    {
        var log = new RecordingLogger();
        Logger = log;
        Serve(static (_, _, _) => throw new InvalidOperationException("boom"));
        Response(Connect().Send(Get())).Head.Should().StartWith("HTTP/1.1 500 ");
        log.Lines.Should().ContainSingle().Which.Should().Contain("FuncFilter").And.Contain("boom");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("500 None async_filter_failed ");
    }

    [Test]
    public void Invoke_NeitherRepliesNorCallsNext_Is500()
    {
        Serve(static (_, _, _) => default);
        Response(Connect().Send(Get())).Head.Should().StartWith("HTTP/1.1 500 ");
    }

    [Test]
    public void Invoke_ClientLeavesMeanwhile_IsCancelled()
    {
        var ended = "";
        Serve(async (_, next, token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
                await next();
            }
            catch (OperationCanceledException)
            {
                ended = "cancelled";
                throw;
            }
        });
        Connect().Send(Get()).Close();
        Runtime.RunUntilIdle();
        ended.Should().Be("cancelled");
        AccessLog.Lines.Should().ContainSingle().Which.Should().StartWith("0 DownstreamConnectionTermination");
    }

    private sealed class FuncFilter(Func<HttpStreamContext, HttpFilterDelegate, CancellationToken, ValueTask> invoke) : AsyncHttpFilter
    {
        protected override ValueTask InvokeAsync(HttpStreamContext context, HttpFilterDelegate next, CancellationToken cancellationToken)
        {
            return invoke(context, next, cancellationToken);
        }
    }

    private sealed class RecordingLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Add(formatter(state, exception) + " " + exception?.Message);
        }
    }
}
