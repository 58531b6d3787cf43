using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Proxy.Hosting;
using Proxy.Workers;
using Proxy.Workers.Files;
using Proxy.Workers.Simulated;

namespace Proxy.Testing;

/// <summary>A whole proxy in a test, without sockets, threads or waiting: in-memory connections and a clock that the test turns.</summary>
/// <remarks>
/// It takes the same registrations as the application (<c>services.AddProxy(…)</c>). Everything happens inside the test's own calls. Disposing it ends the
/// proxy and throws when a buffer was not returned.
/// </remarks>
public sealed class TestProxy : IDisposable
{
    private readonly FileFlusher? _files;

    private TestProxy(SimulatedRuntime runtime, ProxyServer server, FileFlusher? files)
    {
        _files = files;
        Runtime = runtime;
        Server = server;
    }

    /// <summary>The process around the proxy: its clock and network.</summary>
    public SimulatedRuntime Runtime { get; }

    /// <summary>The proxy.</summary>
    public ProxyServer Server { get; }

    /// <summary>Starts the proxy called <paramref name="name"/> as <paramref name="services"/> describe it.</summary>
    /// <param name="services">Services with <c>AddProxy</c> and its filters.</param>
    /// <param name="name">Name of the proxy; empty for the application's only one.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="seed">Decides what is left to chance.</param>
    /// <exception cref="Configuration.ConfigException">The configuration breaks rules.</exception>
    public static TestProxy Start(IServiceProvider services, string name = "", int workers = 1, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(services);
        var (proxy, started) = Compose(services, name, workers, seed);
        proxy.Run(started);
        return proxy;
    }

    /// <summary>Begins to start a proxy that waits for something the test has yet to do.</summary>
    internal static TestProxy Begin(IServiceProvider services)
    {
        var (proxy, _) = Compose(services, name: "", workers: 1, seed: 1);
        proxy.Runtime.RunUntilIdle();
        return proxy;
    }

    private static (TestProxy Proxy, Task Started) Compose(IServiceProvider services, string name, int workers, ulong seed)
    {
        var runtime = new SimulatedRuntime(workers, seed);
        var options = services.GetRequiredService<IOptionsFactory<ProxyOptions>>().Create(name);
        var files = services.GetService<FileFlusherOptions>() is { } logs ? new FileFlusher(logs, ProxyComposition.Loggers(services)) : null;
        var server = ProxyComposition.Compose(options, new WorkerSet(runtime.Main, runtime.Workers), files, services);
        var proxy = new TestProxy(runtime, server, files);
        return (proxy, server.StartAsync(options.ToConfig()));
    }

    /// <summary>A client that connects to <paramref name="endPoint"/>.</summary>
    public TestPeer Connect(EndPoint endPoint) => TestPeer.Connect(Runtime, endPoint);

    /// <summary>An upstream that the test plays; listens on <paramref name="endPoint"/>.</summary>
    public TestUpstream Listen(EndPoint endPoint) => TestUpstream.Listen(Runtime, endPoint);

    /// <summary>Turns the clock: timers fire in order, and what they cause happens; log files are written.</summary>
    public void Advance(TimeSpan time)
    {
        Runtime.Advance(time);
        _files?.Drain();
    }

    /// <summary>Lets the proxy work until <paramref name="task"/> is done, which one of its methods returned.</summary>
    /// <exception cref="InvalidOperationException">It waits for time to pass: turn the clock first.</exception>
    public void Run(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        Runtime.RunUntilIdle();
        if (!task.IsCompleted)
        {
            throw new InvalidOperationException("The task waits for time to pass or for something outside of the test.");
        }

        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        var stopped = Server.StopAsync(TimeSpan.Zero);
        Runtime.RunUntilIdle();
        var leaks = Runtime.ResetAllAndListLeaks();
        if (leaks.Count > 0)
        {
            throw new TestPeerException("Buffers were not returned: " + string.Join("; ", leaks));
        }

        Run(stopped);
        _files?.DisposeAsync().AsTask().GetAwaiter().GetResult(); // writes on this thread, as none was started
    }
}
