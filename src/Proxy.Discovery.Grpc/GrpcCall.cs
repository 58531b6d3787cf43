using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Proxy.Discovery.Xds.Grpc;
using Proxy.Workers;

namespace Proxy.Discovery.Grpc;

/// <summary>One stream to a control plane: sends on a task of its own and brings what comes to main.</summary>
internal sealed class GrpcCall : IRpcCall
{
    private readonly AsyncDuplexStreamingCall<byte[], byte[]> _call;
    private readonly Channel<byte[]> _requests = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IRpcCallHandler _handler;
    private readonly Worker _main;
    private readonly ILogger _logger;
    private volatile bool _disposed;

    private GrpcCall(AsyncDuplexStreamingCall<byte[], byte[]> call, IRpcCallHandler handler, Worker main, ILogger logger)
    {
        _call = call;
        _handler = handler;
        _main = main;
        _logger = logger;
    }

    /// <summary>Takes over a call that was begun.</summary>
    public static GrpcCall Start(AsyncDuplexStreamingCall<byte[], byte[]> call, IRpcCallHandler handler, Worker main, ILogger logger)
    {
        var started = new GrpcCall(call, handler, main, logger);
        _ = Task.Run(started.ReadAsync);
        _ = Task.Run(started.WriteAsync);
        return started;
    }

    public void Send(byte[] message) => _requests.Writer.TryWrite(message);

    public void Dispose()
    {
        _disposed = true;
        _requests.Writer.TryComplete();
        _call.Dispose();
    }

    private async Task ReadAsync()
    {
        var status = Status.DefaultSuccess;
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                var message = _call.ResponseStream.Current;
                Tell(() => _handler.OnMessage(this, message));
            }
        }
        catch (RpcException e)
        {
            status = StatusOf(e);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            status = new Status(StatusCode.Unavailable, e.Message);
        }

        _requests.Writer.TryComplete();
        Tell(() => _handler.OnEnded(this, (int)status.StatusCode, status.Detail));
    }

    // A handshake that fails is a peer that cannot be reached, as for gRPC's other clients.
    private static Status StatusOf(RpcException e) => e.Status.DebugException is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        ? new Status(StatusCode.Unavailable, e.Status.Detail)
        : e.Status;

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var request in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await _call.RequestStream.WriteAsync(request).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is RpcException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            GrpcLog.NotSent(_logger, e.Message); // the reading side tells the owner
        }
    }

    private void Tell(Action step)
    {
        _main.Post(() =>
        {
            if (!_disposed)
            {
                step();
            }
        });
    }
}
