using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture]
[SupportedOSPlatform("linux")]
public sealed class EpollListenTests : LoopbackFixture
{
    public EpollListenTests()
        : base(workers: 2)
    {
    }

    [Test]
    public async Task Accept_IPv4_KnowsBothAddresses()
    {
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        using var client = await Dial(socket.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);

        accepted.Connections[0].LocalEndPoint.Should().Be(client.RemoteEndPoint);
        accepted.Connections[0].RemoteEndPoint.Should().Be(client.LocalEndPoint);
    }

    [Test]
    public async Task Accept_WildcardAddress_KnowsTheAddressThatTheClientUsed()
    {
        var (socket, accepted) = await Listen(
            _ => new EchoHandler(), request => request with { EndPoint = new IPEndPoint(IPAddress.Any, 0) });
        var port = ((IPEndPoint)socket.LocalEndPoint).Port;
        using var one = await Dial(new IPEndPoint(IPAddress.Parse("127.0.0.1"), port));
        using var two = await Dial(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        await Until(() => accepted.Connections.Count == 2);

        accepted.Connections.Select(connection => ((IPEndPoint)connection.LocalEndPoint).Address.ToString())
            .Should().BeEquivalentTo("127.0.0.1", "127.0.0.2");
    }

    [Test]
    public async Task Accept_DualStack_TakesIPv4AsIPv4()
    {
        var (socket, accepted) = await Listen(
            _ => new EchoHandler(), request => request with { EndPoint = new IPEndPoint(IPAddress.IPv6Any, 0), DualStack = true });
        var port = ((IPEndPoint)socket.LocalEndPoint).Port;
        using var four = await Dial(new IPEndPoint(IPAddress.Loopback, port));
        using var six = await Dial(new IPEndPoint(IPAddress.IPv6Loopback, port));
        await Until(() => accepted.Connections.Count == 2);

        accepted.Connections.Select(connection => ((IPEndPoint)connection.RemoteEndPoint).Address)
            .Should().BeEquivalentTo([IPAddress.Loopback, IPAddress.IPv6Loopback]);
    }

    [Test]
    public async Task Accept_IPv6Only_RefusesIPv4()
    {
        var (socket, _) = await Listen(_ => new EchoHandler(), request => request with { EndPoint = new IPEndPoint(IPAddress.IPv6Any, 0) });
        var port = ((IPEndPoint)socket.LocalEndPoint).Port;

        var act = () => Dial(new IPEndPoint(IPAddress.Loopback, port));

        (await act.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Test]
    public async Task Listen_AddressInUse_Throws()
    {
        var (socket, _) = await Listen(_ => new EchoHandler(), request => request with { ReusePort = false });

        var act = () => Listen(_ => new EchoHandler(), request => request with { EndPoint = socket.LocalEndPoint, ReusePort = false });

        (await act.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
    }

    [TestCase("@{0}")]
    [TestCase("/tmp/{0}.sock")]
    public async Task Listen_UnixSocket_Works(string form)
    {
        var name = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, "proxy-" + Guid.NewGuid().ToString("N"));
        var (socket, _) = await Listen(
            _ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint(name), UnixMode = 0b110_000_000 });
        var target = new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name);
        using var client = await Dial(target);
        await client.SendAsync("hi"u8.ToArray());

        (await Read(client, 2)).Should().Equal("hi"u8.ToArray());
        if (name[0] == '/')
        {
            File.GetUnixFileMode(name).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Delete(name);
        }

        await On(socket.Close);
    }

    [Test]
    public async Task Listen_UnixSocketOfADeadProcess_TakesItsPlace()
    {
        var path = $"/tmp/proxy-{Guid.NewGuid():N}.sock";
        MakeStaleSocket(path);

        await Listen(_ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint(path) });

        using var client = await Dial(new UnixDomainSocketEndPoint(path));
        client.Connected.Should().BeTrue();
        File.Delete(path);
    }

    [Test]
    public async Task Listen_UnixSocketInUse_Throws()
    {
        var path = $"/tmp/proxy-{Guid.NewGuid():N}.sock";
        await Listen(_ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint(path) });

        var act = () => Listen(_ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint(path) });

        await act.Should().ThrowAsync<SocketException>();
        File.Delete(path);
    }

    [Test]
    public async Task Listen_PathIsAPlainFile_LeavesItAlone()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "precious");

        var act = () => Listen(_ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint(path) });

        await act.Should().ThrowAsync<SocketException>();
        (await File.ReadAllTextAsync(path)).Should().Be("precious");
        File.Delete(path);
    }

    [Test]
    public async Task SetAccepting_Off_LeavesConnectionsInTheKernelUntilOnAgain()
    {
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        await On(() => socket.SetAccepting(false));
        using var client = await Dial(socket.LocalEndPoint);
        await client.SendAsync("hi"u8.ToArray());
        await On(() => accepted.Connections.Should().BeEmpty());

        await On(() => socket.SetAccepting(true));

        (await Read(client, 2)).Should().HaveCount(2);
    }

    [Test]
    public async Task Close_Listener_LeavesItsConnectionsAlone()
    {
        var (socket, accepted) = await Listen(_ => new EchoHandler());
        using var client = await Dial(socket.LocalEndPoint);
        await Until(() => accepted.Connections.Count == 1);
        await On(socket.Close);

        await client.SendAsync("still here"u8.ToArray());

        (await Read(client, 10)).Should().HaveCount(10);
        var act = () => Dial(socket.LocalEndPoint);
        await act.Should().ThrowAsync<SocketException>();
    }

    [Test]
    public async Task Listen_HandleOfAnotherWorker_SharesItsQueue()
    {
        var (socket, _) = await Listen(_ => new EchoHandler(), request => request with { EndPoint = new UnixDomainSocketEndPoint("@" + Guid.NewGuid()) });
        var second = Group.Workers[1];
        var accepted = new AcceptHandler(_ => new EchoHandler());
        await On(second, () => second.Listen(new ListenRequest(AnyPort) { Handle = socket.Handle }, accepted));
        await On(socket.Close);

        using var client = await Dial(new UnixDomainSocketEndPoint("\0" + socket.LocalEndPoint.ToString()![1..]));
        await client.SendAsync("hi"u8.ToArray());

        (await Read(client, 2)).Should().HaveCount(2);
        (await On(second, () => accepted.Connections.Count)).Should().Be(1);
    }

    [Test]
    public async Task Listen_ReusePortOnTwoWorkers_BothTakeConnections()
    {
        var (socket, first) = await Listen(_ => new EchoHandler());
        var second = new AcceptHandler(_ => new EchoHandler());
        await On(Group.Workers[1], () => Group.Workers[1].Listen(new ListenRequest(socket.LocalEndPoint), second));
        var clients = new List<Socket>();
        for (var i = 0; i < 64; i++)
        {
            clients.Add(await Dial(socket.LocalEndPoint));
        }

        await Until(() => first.Connections.Count > 0);
        await Until(Group.Workers[1], () => second.Connections.Count > 0);

        clients.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task Balancer_OtherWorkerChosen_GetsTheConnectionWithEveryByte()
    {
        var balancer = new ToSecond(Group);
        var (socket, here) = await Listen(_ => new EchoHandler(), request => request with { Balancer = balancer });
        using var client = await Dial(socket.LocalEndPoint);
        await client.SendAsync("hi"u8.ToArray());

        (await Read(client, 2)).Should().Equal("hi"u8.ToArray());
        here.Connections.Should().BeEmpty();
        var there = await On(Group.Workers[1], () => balancer.Accepted.Connections.Single());
        there.Worker.Should().BeSameAs(Group.Workers[1]);
        there.RemoteEndPoint.Should().Be(client.LocalEndPoint);
        there.LocalEndPoint.Should().Be(client.RemoteEndPoint);
    }

    private static void MakeStaleSocket(string path)
    {
        // The runtime's own sockets remove their file when they are closed; a hard link keeps another name of it.
        var other = path + ".x";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(other));
        socket.Listen();
        File.Move(other, path);
    }

    private sealed class ToSecond(WorkerGroup group) : IAcceptBalancer
    {
        public AcceptHandler Accepted { get; } = new(_ => new EchoHandler());

        public Worker Choose(Worker accepting) => group.Workers[1];

        public IAcceptHandler? HandlerOn(Worker worker) => Accepted;
    }
}
