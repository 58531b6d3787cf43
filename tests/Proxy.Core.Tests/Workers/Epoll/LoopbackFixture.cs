using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Connections;
using Proxy.Testing;
using Proxy.Workers;

namespace Proxy.Core.Tests.Workers.Epoll;

/// <summary>Base of tests over real sockets: one running worker, and ways to use it from the test's thread.</summary>
[Category("Loopback")]
[Platform(Include = "Linux")]
public abstract class LoopbackFixture : IAsyncDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected LoopbackFixture(int workers = 1, bool batchSystemCalls = true)
    {
        var options = new WorkerOptions { Concurrency = workers, Kind = WorkerKind.Epoll, Seed = 1, BatchSystemCalls = batchSystemCalls };
        Group = new WorkerGroup(options, NullLoggerFactory.Instance);
        Group.Start();
    }

    private protected WorkerGroup Group { get; }

    protected Worker Worker => Group.Workers[0];

    protected static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    /// <summary>Stops the threads; fails the test when a buffer was not returned.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Group.DisposeAsync();
        foreach (var worker in Group.Workers)
        {
            worker.Buffers.Outstanding.Should().Be(0, "every buffer is returned");
        }
    }

    /// <summary>Runs <paramref name="action"/> on a worker's thread.</summary>
    protected static async Task<T> On<T>(Worker worker, Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Post(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return await done.Task.WaitAsync(Patience);
    }

    protected Task<T> On<T>(Func<T> action) => On(Worker, action);

    protected Task On(Action action)
    {
        return On(() =>
        {
            action();
            return 0;
        });
    }

    /// <summary>Waits until <paramref name="condition"/>, looked at on the worker's thread, is true.</summary>
    protected static async Task Until(Worker worker, Func<bool> condition)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Post(() =>
        {
            WorkerTimer? again = null;
            again = worker.CreateTimer(_ =>
            {
                if (condition())
                {
                    done.TrySetResult();
                }
                else
                {
                    again!.Arm(1);
                }
            });
            again.Arm(0);
        });
        await done.Task.WaitAsync(Patience);
    }

    protected Task Until(Func<bool> condition) => Until(Worker, condition);

    /// <summary>Runs <paramref name="action"/> while the worker is kept busy: the kernel reports all that comes of it to the next wait.</summary>
    protected async Task Together(Action action)
    {
        using var busy = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        Worker.Post(() =>
        {
            busy.Set();
            done.Wait(Patience);
        });
        busy.Wait(Patience);
        action();
        done.Set();
        await On(() => { });
    }

    protected async Task<(IListenSocket Socket, AcceptHandler Accepted)> Listen(
        Func<Connection, IConnectionHandler> owner, Func<ListenRequest, ListenRequest>? configure = null)
    {
        var accepted = new AcceptHandler(owner);
        var request = new ListenRequest(AnyPort);
        var socket = await On(() => Worker.Listen(configure?.Invoke(request) ?? request, accepted));
        return (socket, accepted);
    }

    /// <summary>A plain socket connected to <paramref name="target"/>: the other side, by somebody else's code.</summary>
    protected static async Task<Socket> Dial(EndPoint target)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(target).WaitAsync(Patience);
        return socket;
    }

    protected static async Task<byte[]> Read(Socket socket, int count)
    {
        var bytes = new byte[count];
        var read = 0;
        while (read < count)
        {
            var some = await socket.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Patience);
            if (some == 0)
            {
                break;
            }

            read += some;
        }

        return bytes[..read];
    }

    protected static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i * 31 % 251);
        }

        return bytes;
    }
}
