using System.Net;
using System.Collections.Concurrent;
using Google.Protobuf;
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
using GrpcMethod = Grpc.Core.Method<byte[], byte[]>;

namespace Proxy.Host.Tests.ControlPlanes;

/// <summary>
/// A control plane on a free port: serves whatever snapshot the test sets, over the aggregated streams of both variants, and keeps what the proxy answers.
/// It misbehaves on request: it may send a resource that breaks rules, or drop its streams.
/// </summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Version, Dictionary<string, IMessage> Resources)> _snapshot = [];
    private readonly List<ControlPlaneStream> _streams = [];

    private ControlPlane(WebApplication app)
    {
        _app = app;
    }

    /// <summary>Where it listens.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Errors of the proxy's refusals, in order.</summary>
    public ConcurrentQueue<string> Refusals { get; } = [];

    /// <summary>Streams that were opened so far.</summary>
    public int StreamCount { get; private set; }

    public static async Task<ControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<ControlPlaneService>, Methods>());
        ControlPlane? plane = null;
        builder.Services.AddSingleton(_ => new ControlPlaneService(plane!));
        var app = builder.Build();
        app.MapGrpcService<ControlPlaneService>();
        plane = new ControlPlane(app);
        await app.StartAsync();
        return plane;
    }

    /// <summary>Serves these resources of one type from now on, and tells the streams there are.</summary>
    public void Set(string type, string version, params (string Name, IMessage Message)[] resources)
    {
        lock (_gate)
        {
            _snapshot[type] = (version, resources.ToDictionary(static resource => resource.Name, static resource => resource.Message));
            foreach (var stream in _streams)
            {
                stream.Offer(type, version, _snapshot[type].Resources);
            }
        }
    }

    /// <summary>Ends every stream.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _streams.ForEach(static stream => stream.End());
        }
    }

    public async ValueTask DisposeAsync()
    {
        Drop();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private void Offer(ControlPlaneStream stream, string type)
    {
        lock (_gate)
        {
            if (_snapshot.TryGetValue(type, out var known))
            {
                stream.Offer(type, known.Version, known.Resources);
            }
        }
    }

    private async Task ServeAsync(ControlPlaneStream stream, IAsyncStreamReader<byte[]> requests)
    {
        lock (_gate)
        {
            StreamCount++;
            _streams.Add(stream);
        }

        try
        {
            var sending = stream.SendAsync();
            var reading = ReadAsync(stream, requests);
            await Task.WhenAny(sending, reading);
        }
        finally
        {
            lock (_gate)
            {
                _streams.Remove(stream);
            }
        }
    }

    private async Task ReadAsync(ControlPlaneStream stream, IAsyncStreamReader<byte[]> requests)
    {
        while (await requests.MoveNext(CancellationToken.None))
        {
            var (type, error) = stream.Take(requests.Current);
            if (error is not null)
            {
                Refusals.Enqueue(error);
            }

            Offer(stream, type);
        }
    }

    /// <summary>The service; its methods are bound to messages as bytes, which spares generated stubs.</summary>
    internal sealed class ControlPlaneService(ControlPlane plane)
    {
        public Task ServeAsync(ControlPlaneStream stream, IAsyncStreamReader<byte[]> requests) => plane.ServeAsync(stream, requests);
    }

    private sealed class Methods : IServiceMethodProvider<ControlPlaneService>
    {
        private const string Service = "envoy.service.discovery.v3.AggregatedDiscoveryService";
        private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);

        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ControlPlaneService> context)
        {
            context.AddDuplexStreamingMethod(
                new GrpcMethod(MethodType.DuplexStreaming, Service, "StreamAggregatedResources", Bytes, Bytes),
                [],
                static (service, requests, responses, _) => service.ServeAsync(new StateOfTheWorldStream(responses), requests));
            context.AddDuplexStreamingMethod(
                new GrpcMethod(MethodType.DuplexStreaming, Service, "DeltaAggregatedResources", Bytes, Bytes),
                [],
                static (service, requests, responses, _) => service.ServeAsync(new DeltaStream(responses), requests));
        }
    }
}
