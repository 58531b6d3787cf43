using System.Net;
using System.Net.Sockets;
using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;
using SocketOption = Proxy.Connections.SocketOption;

namespace Proxy.Core.Tests.Sockets;

/// <summary>Raw options on real sockets, whose system is the only one to know them.</summary>
[TestFixture(WorkerKind.Epoll)]
[TestFixture(WorkerKind.Sockets)]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed class SocketOptionTests(WorkerKind kind) : IDisposable
{
    private const int IpLevel = 0;
    private const int TypeOfService = 1;

    private static readonly SocketOption Unknown = SocketOption.OfNumber(99, 99, 1);

    private readonly LoopHarness _harness = new(kind);

    private Worker Worker => _harness.First;

    public void Dispose() => _harness.Dispose();

    [Test]
    public void Listen_Option_IsSet([Values] SocketState state)
    {
        var socket = Listen(SocketOption.OfNumber(IpLevel, TypeOfService, 0x10) with { State = state });

        Read(socket, IpLevel, TypeOfService).Should().Be(0x10);
    }

    [Test]
    public void Listen_FastOpen_HasTheQueue()
    {
        Read(Listen(SocketOption.FastOpen(7)), 6, 23).Should().Be(7);
    }

    [Test]
    public void Listen_FreeBind_TakesAnAddressThatTheMachineDoesNotHave()
    {
        var elsewhere = new ListenRequest(IPEndPoint.Parse("192.0.2.1:0"));

        var act = () => Listen(elsewhere);
        act.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.AddressNotAvailable);

        var socket = Listen(elsewhere with { Settings = new SocketSettings { Options = SocketOption.FreeBind } });
        ((IPEndPoint)socket.LocalEndPoint).Address.ToString().Should().Be("192.0.2.1");
    }

    [Test]
    public void Listen_OptionThatTheSystemRefuses_Throws([Values] SocketState state)
    {
        var act = () => Listen(Unknown with { State = state });

        act.Should().Throw<SocketException>();
    }

    [Test]
    public void Listen_OptionOfTheOtherFamily_IsLeftOut()
    {
        var act = () => Listen(Unknown with { Family = AddressFamily.InterNetworkV6 });

        act.Should().NotThrow();
    }

    [TestCase(SocketState.Prebind, false)]
    [TestCase(SocketState.Bound, false)]
    [TestCase(SocketState.Listening, true)]
    public void Connect_OptionThatTheSystemRefuses_FailsTheConnection(SocketState state, bool connects)
    {
        var socket = Listen();
        var handler = new RecordingHandler();
        _harness.Run(() => Worker.Connect(
            new ConnectRequest(socket.LocalEndPoint) { Settings = new SocketSettings { Options = [Unknown with { State = state }] } }, handler));

        _harness.Until(() => handler.Events.Contains("connected") || handler.Closed is not null, "the outcome");
        handler.Events.Contains("connected").Should().Be(connects);
    }

    [Test]
    public void Listen_Multipath_IsAnotherProtocolWhereItCanBeMade()
    {
        const int socketLevel = 1;
        const int protocol = 38;
        var listen = () => Listen(new ListenRequest(_harness.Free) { Multipath = true });

        if (kind == WorkerKind.Epoll && CanMultipath())
        {
            Read(listen(), socketLevel, protocol).Should().Be(262);
        }
        else
        {
            listen.Should().Throw<SocketException>();
        }
    }

    private static bool CanMultipath() => File.Exists("/proc/sys/net/mptcp/enabled") && File.ReadAllText("/proc/sys/net/mptcp/enabled").Trim() == "1";

    private IListenSocket Listen(params ReadOnlySpan<SocketOption> options) =>
        Listen(new ListenRequest(_harness.Free) { Settings = new SocketSettings { Options = [.. options] } });

    private IListenSocket Listen(ListenRequest request)
    {
        IListenSocket? socket = null;
        SocketException? failure = null;
        _harness.Run(() =>
        {
            try
            {
                socket = Worker.Listen(request, new AcceptHandler(static _ => new EchoHandler()));
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        });
        return failure is null ? socket! : throw failure;
    }

    private static int Read(IListenSocket listening, int level, int name)
    {
        using var socket = new Socket(new SafeSocketHandle(listening.Handle, ownsHandle: false));
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(level, name, value);
        return BitConverter.ToInt32(value);
    }
}
