using System.Buffers;
using Proxy.Clusters;
using Proxy.Configuration.Filters;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcHttp1Bridge;

/// <summary>
/// Lets clients of HTTP/1.1 make unary gRPC calls: the answer waits for its trailers, whose status and message go into the head; a failed call is a 503.
/// </summary>
internal sealed class GrpcHttp1BridgeFilter(GrpcHttp1BridgeConfig config, ClusterManager clusters, Worker worker) : HttpFilter
{
    private readonly ArrayBufferWriter<byte> _message = new();
    private GrpcMethod? _method;
    private HeaderMap? _head;
    private int _headerLeft; // bytes of the answer in front of its message
    private bool _isBridging;
    private bool _isFraming;

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (config.UpgradeProtobuf && headers.Get(KnownHeader.ContentType).SequenceEqual("application/x-protobuf"u8))
        {
            _isFraming = true;
            headers.Set(KnownHeader.ContentType, "application/grpc"u8);
            headers.Set(KnownHeader.Te, "trailers"u8);
            headers.Remove(KnownHeader.ContentLength);
            Callbacks.ClearRouteCache();
        }

        if (!GrpcReply.IsGrpcRequest(headers))
        {
            return HeadersStatus.Continue;
        }

        if (clusters.FindFor(Callbacks.Route, headers, Callbacks.Info, worker)?.Grpc is { } grpc && GrpcMethodStats.TrySplit(headers.Get(KnownHeader.Path), out _, out _))
        {
            _method = grpc.Of(headers.Get(KnownHeader.Path), replaceDots: false);
        }

        _isBridging = Callbacks.Info.Protocol < HttpProtocol.Http2;
        if (_isBridging && config.IgnoreQueryParameters && headers.Get(KnownHeader.Path).IndexOf((byte)'?') is >= 0 and var query)
        {
            headers.Set(KnownHeader.Path, headers.Get(KnownHeader.Path)[..query].ToArray());
        }

        return HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (!_isFraming)
        {
            return DataStatus.Continue;
        }

        if (_message.WrittenCount == 0)
        {
            _message.GetSpan(GrpcFrames.HeaderLength);
            _message.Advance(GrpcFrames.HeaderLength);
        }

        if (_message.WrittenCount + chunk.Bytes.Length > Callbacks.BufferLimit)
        {
            Callbacks.SendLocalReply(413, "Payload Too Large"u8, "request_payload_too_large");
            return DataStatus.StopNoBuffer;
        }

        _message.Write(chunk.Bytes);
        if (!chunk.EndStream)
        {
            return DataStatus.StopNoBuffer;
        }

        chunk.Bytes = TakeFrame();
        return DataStatus.Continue;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (_isFraming && _message.WrittenCount > 0)
        {
            Callbacks.InjectRequestData(TakeFrame(), endStream: false);
        }

        return TrailersStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        if (endStream)
        {
            _method?.CountStatus(headers);
        }

        if (_isFraming)
        {
            headers.Set(KnownHeader.ContentType, "application/x-protobuf"u8);
            _headerLeft = GrpcFrames.HeaderLength;
        }

        if (!_isBridging)
        {
            return HeadersStatus.Continue;
        }

        _head = headers;
        if (!endStream)
        {
            return HeadersStatus.StopIteration;
        }

        Conclude(headers);
        return HeadersStatus.Continue;
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        var skipped = Math.Min(_headerLeft, chunk.Bytes.Length);
        _headerLeft -= skipped;
        chunk.Bytes = chunk.Bytes[skipped..];
        return _isBridging && !chunk.EndStream ? DataStatus.StopAndBuffer : DataStatus.Continue;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        _method?.CountStatus(trailers);
        if (_isBridging)
        {
            Conclude(trailers);
        }

        return TrailersStatus.Continue;
    }

    public override void Recycle()
    {
        _message.ResetWrittenCount();
        _method = null;
        _head = null;
        _headerLeft = 0;
        _isBridging = _isFraming = false;
    }

    private ReadOnlySpan<byte> TakeFrame()
    {
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_message.WrittenMemory).Span;
        GrpcFrames.WriteHeader(frame, 0, frame.Length - GrpcFrames.HeaderLength);
        return frame;
    }

    // What an HTTP/1.1 client cannot see in trailers is told by the head; the length shows that the answer is complete.
    private void Conclude(HeaderMap trailers)
    {
        var head = _head!;
        if (trailers.TryGet(KnownHeader.GrpcStatus, out var status))
        {
            if (!status.SequenceEqual("0"u8))
            {
                head.Set(KnownHeader.Status, "503"u8);
            }

            CopyTo(head, trailers, KnownHeader.GrpcStatus);
            CopyTo(head, trailers, KnownHeader.GrpcMessage);
        }

        head.Set(KnownHeader.ContentLength, Callbacks.BufferedResponse?.Length ?? 0);
    }

    private static void CopyTo(HeaderMap head, HeaderMap trailers, KnownHeader name)
    {
        if (!ReferenceEquals(head, trailers) && trailers.TryGet(name, out var value))
        {
            head.Set(name, value);
        }
    }
}
