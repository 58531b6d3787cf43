using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Proxy.Workers;

namespace Proxy.Testing;

/// <summary>Workers with threads and real sockets, for tests that are the same for every kind.</summary>
public sealed class LoopHarness : WorkerHarness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WorkerGroup _group;
    private readonly Lazy<SilentServer> _silent = new(() => new SilentServer());
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxy-test-");

    public LoopHarness(WorkerKind kind, bool batchSystemCalls = true)
    {
        _group = new WorkerGroup(new WorkerOptions { Kind = kind, Concurrency = 2, BatchSystemCalls = batchSystemCalls }, NullLoggerFactory.Instance);
        _group.Start();
    }

    public override Worker First => _group.Workers[0];

    public override Worker Second => _group.Workers[1];

    public override EndPoint Free => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint Refusing
    {
        get
        {
            using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            unused.Bind(Free);
            return unused.LocalEndPoint!;
        }
    }

    public override EndPoint Silent => _silent.Value.EndPoint;

    public override EndPoint Unix => new UnixDomainSocketEndPoint(Path.Combine(_directory.FullName, "app.sock"));

    public override void Run(Worker worker, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Post(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        done.Task.WaitAsync(Patience).GetAwaiter().GetResult();
    }

    public override void Until(Func<bool> condition, string what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        First.Post(() =>
        {
            WorkerTimer timer = null!;
            timer = First.CreateTimer(_ => Look());
            Look();

            void Look()
            {
                if (condition())
                {
                    done.TrySetResult();
                }
                else
                {
                    timer.Arm(1);
                }
            }
        });
        if (!done.Task.Wait(Patience))
        {
            throw new TestPeerException("Did not happen: " + what);
        }
    }

    public override void Dispose()
    {
        _group.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (_silent.IsValueCreated)
        {
            _silent.Value.Dispose();
        }

        _directory.Delete(recursive: true);
        foreach (var worker in _group.Workers)
        {
            if (worker.UnhandledExceptions > 0 || worker.Buffers.Outstanding > 0)
            {
                throw new TestPeerException(
                    $"{worker.Name}: {worker.UnhandledExceptions} exceptions escaped, buffers not returned: {string.Join(", ", worker.Buffers.ListOutstanding())}");
            }
        }
    }

    /// <summary>A socket whose queue of connections is full: further ones get no answer.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _clients = [];

        public SilentServer()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _socket.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _clients.Add(client);
                try
                {
                    client.Connect(EndPoint);
                }
                catch (SocketException)
                {
                    // In progress, for ever.
                }
            }
        }

        public EndPoint EndPoint => _socket.LocalEndPoint!;

        public void Dispose()
        {
            _clients.ForEach(client => client.Dispose());
            _socket.Dispose();
        }
    }
}
