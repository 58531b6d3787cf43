using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Proxy.Discovery.Testing;

/// <summary>
/// A control plane on free ports of loopback that serves whatever a test sets: over gRPC, with all resources or with changes, aggregated or a type a stream;
/// over REST; and as files. It keeps what its clients say, and misbehaves on request. Members are safe on any thread.
/// </summary>
public sealed class TestControlPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Snapshot> _snapshots = [];
    private readonly List<DiscoveryStream> _streams = [];
    private readonly List<TestControlPlaneRequest> _requests = [];
    private readonly HashSet<string> _held = [];
    private int _streamCount;

    private TestControlPlane(WebApplication app)
    {
        _app = app;
    }

    /// <summary>Port for gRPC: HTTP/2, over TLS where it was started with a certificate.</summary>
    public int GrpcPort => Port(0);

    /// <summary>Port for REST: HTTP/1.1 without TLS.</summary>
    public int RestPort => Port(1);

    /// <summary>Streams that were opened so far, also those refused.</summary>
    public int StreamCount => Volatile.Read(ref _streamCount);

    /// <summary>What clients have said so far, in order.</summary>
    public IReadOnlyList<TestControlPlaneRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Misbehaviour: time that every answer is late. Default zero.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Misbehaviour: new streams and REST requests are refused (status <c>UNAVAILABLE</c>, 503). Default false.</summary>
    public bool Refuses { get; set; }

    /// <summary>New gRPC streams whose <c>authorization</c> is another are refused (status <c>UNAUTHENTICATED</c>); null takes any.</summary>
    public string? RequiredAuthorization { get; set; }

    /// <summary>Starts one.</summary>
    /// <param name="certificate">Certificate, with its key, of the port for gRPC; null is without TLS.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TestControlPlane> StartAsync(X509Certificate2? certificate = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<DiscoveryServices>, DiscoveryServices.Methods>());
        TestControlPlane? plane = null;
        builder.Services.AddSingleton(_ => new DiscoveryServices(plane!));
        var app = builder.Build();
        plane = new TestControlPlane(app);
        app.MapGrpcService<DiscoveryServices>();
        RestDiscovery.Map(app, plane);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return plane;
    }

    /// <summary>Serves these resources in the place of all of their types, and tells the streams there are.</summary>
    /// <param name="version">Version of each of the types.</param>
    /// <param name="resources">The resources.</param>
    public void Set(string version, params ReadOnlySpan<TestResource> resources)
    {
        ArgumentNullException.ThrowIfNull(version);
        lock (_gate)
        {
            foreach (var type in resources.ToArray().GroupBy(static resource => resource.Type))
            {
                Replace(type.Key, new Snapshot(version, type.ToDictionary(static resource => resource.Name)));
            }
        }
    }

    /// <summary>Serves these resources, in YAML or JSON, in the place of all of their types; see <see cref="TestResource.Parse"/>.</summary>
    public void Set(string version, string resources) => Set(version, TestResource.Parse(resources));

    /// <summary>Serves no resource of a type any more.</summary>
    /// <param name="version">Version of the type.</param>
    /// <param name="type">Full name of the message.</param>
    public void Clear(string version, string type)
    {
        lock (_gate)
        {
            Replace(type, new Snapshot(version, new Dictionary<string, TestResource>()));
        }
    }

    /// <summary>Forgets what clients have said so far.</summary>
    public void ForgetRequests()
    {
        lock (_gate)
        {
            _requests.Clear();
        }
    }

    /// <summary>Misbehaviour: keeps answers about a type back until <see cref="Release"/>, so that types come in another order.</summary>
    public void Hold(string type)
    {
        lock (_gate)
        {
            _held.Add(type);
        }
    }

    /// <summary>Ends <see cref="Hold"/>.</summary>
    public void Release(string type)
    {
        lock (_gate)
        {
            _held.Remove(type);
            _streams.ForEach(stream => Offer(stream, type));
        }
    }

    /// <summary>Misbehaviour: ends every stream.</summary>
    public void DropStreams()
    {
        lock (_gate)
        {
            _streams.ForEach(static stream => stream.End());
        }
    }

    /// <summary>Misbehaviour: sends an answer on every stream that no client expects, whatever is served.</summary>
    /// <param name="type">Full name of the message that the answer says it is about.</param>
    /// <param name="version">Its version.</param>
    /// <param name="nonce">Its nonce, such as one that was used already.</param>
    /// <param name="resources">What is in it, such as resources of another type.</param>
    public void Send(string type, string version, string nonce, params TestResource[] resources)
    {
        lock (_gate)
        {
            _streams.ForEach(stream => stream.Send(type, version, nonce, resources));
        }
    }

    /// <summary>
    /// Writes what is served as files for a <c>path_config_source</c>, one a type, named as the last part of its REST path (<c>clusters.json</c>,
    /// <c>endpoints.json</c> …). Each is moved in the place of the one before.
    /// </summary>
    public async Task WriteFilesAsync(string folder)
    {
        foreach (var type in DiscoveryType.All)
        {
            if (SnapshotOf(type.Message) is { } snapshot)
            {
                var path = Path.Combine(folder, type.Path + ".json");
                await File.WriteAllBytesAsync(path + ".new", RestDiscovery.ToJson(type.Message, snapshot, [])).ConfigureAwait(false);
                File.Move(path + ".new", path, overwrite: true);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DropStreams();
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    internal Snapshot? SnapshotOf(string type)
    {
        lock (_gate)
        {
            return _snapshots.GetValueOrDefault(type);
        }
    }

    internal void Note(TestControlPlaneRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
        }
    }

    internal async Task ServeAsync(bool incremental, IAsyncStreamReader<byte[]> requests, IServerStreamWriter<byte[]> responses, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _streamCount);
        if (Refuses)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "refused on request"));
        }

        DiscoveryStream stream = incremental ? new DeltaStream(number) : new StateOfTheWorldStream(number);
        lock (_gate)
        {
            _streams.Add(stream);
        }

        try
        {
            await await Task.WhenAny(SendAsync(stream, responses, cancellation), ReadAsync(stream, requests, cancellation)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException) // the client has gone
        {
        }
        finally
        {
            lock (_gate)
            {
                _streams.Remove(stream);
            }
        }
    }

    private async Task SendAsync(DiscoveryStream stream, IServerStreamWriter<byte[]> responses, CancellationToken cancellation)
    {
        await foreach (var (_, message) in stream.Outbox.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, cancellation).ConfigureAwait(false);
            }

            await responses.WriteAsync(Google.Protobuf.MessageExtensions.ToByteArray(message), cancellation).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(DiscoveryStream stream, IAsyncStreamReader<byte[]> requests, CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation).ConfigureAwait(false))
        {
            lock (_gate)
            {
                var request = stream.Take(requests.Current);
                _requests.Add(request);
                Offer(stream, request.Type);
            }
        }
    }

    private void Replace(string type, Snapshot snapshot)
    {
        _snapshots[type] = snapshot;
        _streams.ForEach(stream => Offer(stream, type));
    }

    private void Offer(DiscoveryStream stream, string type)
    {
        if (!_held.Contains(type) && _snapshots.TryGetValue(type, out var snapshot))
        {
            stream.Offer(type, snapshot);
        }
    }

    private int Port(int index) => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index)).Port;
}
