using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Proxy.Workers.Epoll;

namespace Proxy.Core.Tests.Workers.Epoll;

[TestFixture]
[Category("Loopback")]
[Platform(Include = "Linux")]
public sealed unsafe class SystemCallRingTests
{
    private const int TryAgain = 11;
    private const int BadDescriptor = 9;

    private readonly List<Socket> _sockets = [];
    private readonly List<nint> _memory = [];

    [TearDown]
    public void Free()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _memory.ForEach(memory => NativeMemory.Free((void*)memory));
    }

    [Test]
    public void Submit_ReceivesOfSeveralSockets_GivesEachItsResultInOrder()
    {
        using var ring = NewRing();
        var (one, oneFar) = NewPair();
        var (silent, _) = NewPair();
        var (two, twoFar) = NewPair();
        var (ended, endedFar) = NewPair();
        oneFar.Send("first"u8);
        twoFar.Send("other bytes"u8);
        endedFar.Shutdown(SocketShutdown.Send);
        var buffers = new[] { NewBuffer(64), NewBuffer(64), NewBuffer(64), NewBuffer(64) };
        WaitReadable(one, two, ended);

        foreach (var (socket, buffer) in new[] { one, silent, two, ended }.Zip(buffers))
        {
            ring.AddReceive(Descriptor(socket), (byte*)buffer, 64);
        }

        ring.Submit().ToArray().Should().Equal(5, -TryAgain, 11, 0);
        new Span<byte>((void*)buffers[0], 5).SequenceEqual("first"u8).Should().BeTrue();
        new Span<byte>((void*)buffers[2], 11).SequenceEqual("other bytes"u8).Should().BeTrue();
    }

    [Test]
    public void Submit_ReceiveThatFindsNothing_LeavesNothingBehindThatTakesLaterBytes()
    {
        using var ring = NewRing();
        var (near, far) = NewPair();
        ring.AddReceive(Descriptor(near), (byte*)NewBuffer(64), 64);
        ring.Submit().ToArray().Should().Equal(-TryAgain);

        far.Send("later"u8);

        var bytes = new byte[64];
        near.Blocking = true;
        near.Receive(bytes).Should().Be(5);
    }

    [Test]
    public void Submit_MoreThanTheSocketTakes_SendsAPartAndSaysHowMuch()
    {
        using var ring = NewRing();
        var (near, far) = NewPair();
        const int Much = 64 * 1024 * 1024;
        var data = NewBuffer(Much);
        ring.AddSend(Descriptor(near), (byte*)data, Much);
        ring.AddSend(-1, (byte*)data, 1);

        var results = ring.Submit().ToArray();

        results[0].Should().BeInRange(1, Much - 1);
        results[1].Should().Be(-BadDescriptor);
        far.Receive(new byte[1]).Should().Be(1);
    }

    [Test]
    public void Submit_FullRingManyTimes_NeitherLosesNorRepeats()
    {
        using var ring = NewRing();
        var pairs = Enumerable.Range(0, SystemCallRing.Capacity).Select(_ => NewPair()).ToList();
        var word = NewBuffer(4);
        for (var round = 0; round < 200; round++)
        {
            *(int*)word = round;
            foreach (var (near, _) in pairs)
            {
                ring.AddSend(Descriptor(near), (byte*)word, 4);
            }

            ring.Submit().ToArray().Should().AllBeEquivalentTo(4);
            ring.Count.Should().Be(0);
        }

        var bytes = new byte[4];
        foreach (var (_, far) in pairs)
        {
            for (var round = 0; round < 200; round++)
            {
                far.Receive(bytes).Should().Be(4);
                BitConverter.ToInt32(bytes).Should().Be(round);
            }
        }
    }

    private static SystemCallRing NewRing()
    {
        var ring = SystemCallRing.TryCreate();
        if (ring is null)
        {
            Assert.Ignore("This kernel offers no io_uring to this process.");
        }

        return ring!;
    }

    private static int Descriptor(Socket socket) => (int)socket.Handle;

    private static void WaitReadable(params Socket[] sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead).Should().BeTrue();
        }
    }

    private nint NewBuffer(int bytes)
    {
        var memory = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        _memory.Add(memory);
        return memory;
    }

    private (Socket Near, Socket Far) NewPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        near.Connect(listener.LocalEndPoint!);
        var far = listener.Accept();
        _sockets.AddRange([near, far]);
        return (near, far);
    }
}
