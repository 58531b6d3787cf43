using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Clusters;
using Proxy.Configuration.Http;
using Proxy.Configuration.Listeners;
using Proxy.Configuration.Tls;
using Proxy.Host.Tests.Embedding;
using Proxy.Testing;

namespace Proxy.Host.Tests.Peers;

/// <summary>gRPC for .NET on both sides of the proxy: every kind of call, without TLS and with mutual TLS.</summary>
[Category("Loopback")]
public sealed class GrpcDotnetTests
{
    private const int Many = 500;
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);
    private static readonly TlsCertificateConfig ServerCertificate = TestCertificates.Create("service", dns: ["service.test"]);
    private static readonly TlsCertificateConfig ProxyCertificate = TestCertificates.Create("proxy", dns: ["localhost"]);
    private static readonly TlsCertificateConfig ClientCertificate = TestCertificates.Create("client");

    [TestCase(false)]
    [TestCase(true)]
    public async Task Unary_Answers(bool tls)
    {
        await using var rig = await Rig.StartAsync(tls);

        using var call = rig.Invoker.AsyncUnaryCall(Rig.Unary, null, new CallOptions(new Metadata { { "x-ask", "this" } }), "hello"u8.ToArray());

        Encoding.UTF8.GetString(await call.ResponseAsync).Should().Be("hello, this");
        (await call.ResponseHeadersAsync).GetValue("x-answer").Should().Be("yes");
        call.GetTrailers().GetValue("x-last").Should().Be("bye");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task LargeMessages_ArriveWhole(bool tls)
    {
        await using var rig = await Rig.StartAsync(tls);
        var message = new byte[3_000_000];
        Random.Shared.NextBytes(message);

        using var call = rig.Invoker.AsyncDuplexStreamingCall(Rig.Duplex, null, default);
        await call.RequestStream.WriteAsync(message);
        (await call.ResponseStream.MoveNext(CancellationToken.None)).Should().BeTrue();

        call.ResponseStream.Current.AsSpan().SequenceEqual(message).Should().BeTrue();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task ClientStream_IsCounted(bool tls)
    {
        await using var rig = await Rig.StartAsync(tls);

        using var call = rig.Invoker.AsyncClientStreamingCall(Rig.Upload, null, default);
        for (var i = 0; i < Many; i++)
        {
            await call.RequestStream.WriteAsync([1, 2, 3]);
        }

        await call.RequestStream.CompleteAsync();
        BitConverter.ToInt32(await call.ResponseAsync).Should().Be(Many * 3);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task ServerStream_ComesInOrder(bool tls)
    {
        await using var rig = await Rig.StartAsync(tls);

        using var call = rig.Invoker.AsyncServerStreamingCall(Rig.Download, null, default, BitConverter.GetBytes(Many));
        List<int> numbers = [];
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            numbers.Add(BitConverter.ToInt32(call.ResponseStream.Current));
        }

        numbers.Should().Equal(Enumerable.Range(0, Many));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Duplex_TakesTurns(bool tls)
    {
        await using var rig = await Rig.StartAsync(tls);

        using var call = rig.Invoker.AsyncDuplexStreamingCall(Rig.Duplex, null, default);
        for (var i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(BitConverter.GetBytes(i));
            (await call.ResponseStream.MoveNext(CancellationToken.None)).Should().BeTrue();
            BitConverter.ToInt32(call.ResponseStream.Current).Should().Be(i);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(CancellationToken.None)).Should().BeFalse();
        call.GetStatus().StatusCode.Should().Be(StatusCode.OK);
    }

    [Test]
    public async Task Failure_OfTheService_KeepsItsStatusAndWords()
    {
        await using var rig = await Rig.StartAsync(tls: false);

        var call = async () => await rig.Invoker.AsyncUnaryCall(Rig.Fail, null, default, []);

        var status = (await call.Should().ThrowAsync<RpcException>()).Which.Status;
        (status.StatusCode, status.Detail).Should().Be((StatusCode.FailedPrecondition, "not today: 100 %"));
    }

    [Test]
    public async Task Deadline_EndsTheCallOnBothSides()
    {
        await using var rig = await Rig.StartAsync(tls: false);

        var call = async () => await rig.Invoker.AsyncUnaryCall(Rig.Hang, null, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300)), []);

        (await call.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.DeadlineExceeded);
        await rig.Service.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task Cancellation_ReachesTheService()
    {
        await using var rig = await Rig.StartAsync(tls: false);
        using var cancel = new CancellationTokenSource();

        var call = rig.Invoker.AsyncUnaryCall(Rig.Hang, null, new CallOptions(cancellationToken: cancel.Token), []);
        await rig.Service.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await cancel.CancelAsync();

        await rig.Service.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        (await call.ResponseAsync.Awaiting(static response => response).Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Cancelled);
    }

    [Test]
    public async Task Service_IsGone_IsUnavailable()
    {
        await using var rig = await Rig.StartAsync(tls: false);
        await rig.StopServiceAsync();

        var call = async () => await rig.Invoker.AsyncUnaryCall(Rig.Unary, null, default, []);

        (await call.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().Be(StatusCode.Unavailable);
    }

    [Test]
    public async Task ClientWithoutACertificate_IsRefused()
    {
        await using var rig = await Rig.StartAsync(tls: true, withCertificate: false);

        var call = async () => await rig.Invoker.AsyncUnaryCall(Rig.Unary, null, default, []);

        (await call.Should().ThrowAsync<RpcException>()).Which.StatusCode.Should().BeOneOf(StatusCode.Unavailable, StatusCode.Internal);
    }

    /// <summary>A service, the proxy in front of it, and a channel to the proxy.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        public static readonly Method<byte[], byte[]> Unary = new(MethodType.Unary, "test.Peer", "Unary", Bytes, Bytes);
        public static readonly Method<byte[], byte[]> Fail = new(MethodType.Unary, "test.Peer", "Fail", Bytes, Bytes);
        public static readonly Method<byte[], byte[]> Hang = new(MethodType.Unary, "test.Peer", "Hang", Bytes, Bytes);
        public static readonly Method<byte[], byte[]> Upload = new(MethodType.ClientStreaming, "test.Peer", "Upload", Bytes, Bytes);
        public static readonly Method<byte[], byte[]> Download = new(MethodType.ServerStreaming, "test.Peer", "Download", Bytes, Bytes);
        public static readonly Method<byte[], byte[]> Duplex = new(MethodType.DuplexStreaming, "test.Peer", "Duplex", Bytes, Bytes);

        private readonly WebApplication _web;
        private readonly ProxyApplication _proxy;
        private readonly GrpcChannel _channel;

        private Rig(WebApplication web, ProxyApplication proxy, GrpcChannel channel)
        {
            _web = web;
            _proxy = proxy;
            _channel = channel;
            Invoker = channel.CreateCallInvoker();
        }

        public CallInvoker Invoker { get; }

        public PeerService Service => _web.Services.GetRequiredService<PeerService>();

        public static async Task<Rig> StartAsync(bool tls, bool withCertificate = true)
        {
            var web = await StartServiceAsync(tls);
            var port = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
            var proxy = await ProxyApplication.StartAsync(services => services.AddProxy(options =>
            {
                options.Clusters.Add(ClusterTo(port, tls));
                options.Listeners.Add(ListenerWith(tls));
            }).AddFilters());
            var handler = new SocketsHttpHandler { SslOptions = ClientOptions(withCertificate) };
            var channel = GrpcChannel.ForAddress($"{(tls ? "https" : "http")}://localhost:{((IPEndPoint)proxy.EndPointOf()).Port}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
            return new Rig(web, proxy, channel);
        }

        public Task StopServiceAsync() => _web.StopAsync();

        public async ValueTask DisposeAsync()
        {
            _channel.Dispose();
            await _proxy.DisposeAsync();
            await _web.DisposeAsync();
        }

        private static ClusterConfig ClusterTo(int port, bool tls) => new()
        {
            Name = "service",
            Endpoints = [new LocalityEndpointsConfig { Endpoints = [new EndpointConfig(AddressConfig.Loopback(port))] }],
            Http = new UpstreamHttpConfig { Protocol = UpstreamProtocol.Http2 },
            Transport = tls
                ? new UpstreamTransportConfig
                {
                    Tls = new UpstreamTlsConfig
                    {
                        ServerName = "service.test",
                        Common = new CommonTlsConfig { ApplicationProtocols = ["h2"], Validation = new TlsValidationConfig { TrustedCa = TestCertificates.Authority } },
                    },
                }
                : new UpstreamTransportConfig(),
        };

        private static ListenerConfig ListenerWith(bool tls)
        {
            var listener = Configs.Http(new ForwardActionConfig { Cluster = "service", Timeout = TimeSpan.Zero });
            var mutual = new DownstreamTlsConfig
            {
                RequireClientCertificate = true,
                Common = new CommonTlsConfig
                {
                    Certificates = [ProxyCertificate],
                    ApplicationProtocols = ["h2"],
                    Validation = new TlsValidationConfig { TrustedCa = TestCertificates.Authority },
                },
            };
            return tls ? listener with { FilterChains = [listener.FilterChains[0] with { Tls = mutual }] } : listener;
        }

        private static SslClientAuthenticationOptions ClientOptions(bool withCertificate) => new()
        {
            ClientCertificates = withCertificate ? [Load(ClientCertificate)] : [],
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate!.Subject == "CN=proxy",
        };

        private static X509Certificate2 Load(TlsCertificateConfig certificate) => X509Certificate2.CreateFromPem(TextOf(certificate.Chain), TextOf(certificate.PrivateKey));

        private static string TextOf(TlsBytes bytes) => Encoding.ASCII.GetString([.. bytes.Bytes]);

        private static async Task<WebApplication> StartServiceAsync(bool tls)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (tls)
                {
                    listen.UseHttps(Load(ServerCertificate));
                }
            }));
            builder.Services.AddGrpc();
            builder.Services.AddSingleton<PeerService>();
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<PeerService>, Methods>());
            var app = builder.Build();
            app.MapGrpcService<PeerService>();
            await app.StartAsync();
            return app;
        }
    }

    private sealed class PeerService
    {
        public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<byte[]> HangAsync(CancellationToken cancellation)
        {
            await using var registration = cancellation.Register(Cancelled.SetResult);
            Waiting.SetResult();
            await Cancelled.Task;
            return [];
        }
    }

    private sealed class Methods : IServiceMethodProvider<PeerService>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<PeerService> context)
        {
            context.AddUnaryMethod(Rig.Unary, [], static async (_, request, call) =>
            {
                await call.WriteResponseHeadersAsync(new Metadata { { "x-answer", "yes" } });
                call.ResponseTrailers.Add("x-last", "bye");
                return Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(request)}, {call.RequestHeaders.GetValue("x-ask")}");
            });
            context.AddUnaryMethod(Rig.Fail, [], static (_, _, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "not today: 100 %")));
            context.AddUnaryMethod(Rig.Hang, [], static (service, _, call) => service.HangAsync(call.CancellationToken));
            context.AddClientStreamingMethod(Rig.Upload, [], static async (_, requests, _) =>
            {
                var length = 0;
                while (await requests.MoveNext(CancellationToken.None))
                {
                    length += requests.Current.Length;
                }

                return BitConverter.GetBytes(length);
            });
            context.AddServerStreamingMethod(Rig.Download, [], static async (_, request, responses, _) =>
            {
                for (var i = 0; i < BitConverter.ToInt32(request); i++)
                {
                    await responses.WriteAsync(BitConverter.GetBytes(i));
                }
            });
            context.AddDuplexStreamingMethod(Rig.Duplex, [], static async (_, requests, responses, _) =>
            {
                while (await requests.MoveNext(CancellationToken.None))
                {
                    await responses.WriteAsync(requests.Current);
                }
            });
        }
    }
}
