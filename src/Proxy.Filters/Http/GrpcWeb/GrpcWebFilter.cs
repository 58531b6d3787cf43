using Proxy.Clusters;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>
/// Lets browsers call gRPC services, which cannot see trailers: they travel as a last message of the body. The text variant is Base64 both ways, as it is
/// asked for.
/// </summary>
internal sealed class GrpcWebFilter(ClusterManager clusters, Worker worker) : HttpFilter
{
    private const byte TrailersFlag = 0x80;

    private readonly Base64MessageDecoder _decoder = new();
    private readonly Base64MessageEncoder _encoder = new();
    private readonly ByteList _trailers = new();
    private readonly PlainAnswer _plain = new();
    private GrpcMethod? _method;
    private HeaderMap? _head;
    private bool _isGrpcWeb;
    private bool _isTextRequest;
    private bool _isTextResponse;
    private Answer _answer;

    private enum Answer : byte
    {
        /// <summary>Messages, or nothing but a status.</summary>
        Grpc,

        /// <summary>Something else, whose text becomes the message of the status.</summary>
        Plain,

        /// <summary>The same, told already.</summary>
        PlainTold,
    }

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        var type = headers.Get(KnownHeader.ContentType);
        _isGrpcWeb = GrpcWebTypes.IsGrpcWeb(type);
        if (!_isGrpcWeb)
        {
            return HeadersStatus.Continue;
        }

        _isTextRequest = GrpcWebTypes.IsText(type);
        _isTextResponse = GrpcWebTypes.IsText(headers.Get(KnownHeader.Accept));
        headers.Remove(KnownHeader.ContentLength);
        if (clusters.FindFor(Callbacks.Route, headers, Callbacks.Info, worker)?.GrpcWeb is { } stats && GrpcMethodStats.TrySplit(headers.Get(KnownHeader.Path), out _, out _))
        {
            _method = stats.Of(headers.Get(KnownHeader.Path), replaceDots: false);
        }

        headers.Set(KnownHeader.ContentType, GrpcWebTypes.Grpc);
        headers.Set(KnownHeader.Te, "trailers"u8);
        headers.Set("grpc-accept-encoding"u8, "identity"u8);
        return HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (!_isTextRequest)
        {
            return DataStatus.Continue;
        }

        if (!_decoder.TryDecode(chunk.Bytes, chunk.EndStream, out var decoded))
        {
            Callbacks.SendLocalReply(400, "Bad gRPC-web request, invalid base64 data."u8, "grpc_base_64_decode_failed");
            return DataStatus.StopNoBuffer;
        }

        chunk.Bytes = decoded;
        return DataStatus.Continue;
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        if (!_isGrpcWeb)
        {
            return HeadersStatus.Continue;
        }

        _method?.CountStatus(headers);
        _head = headers;
        if (!GrpcWebTypes.IsGrpcWeb(headers.Get(KnownHeader.ContentType)) && !GrpcReply.IsGrpcResponse(headers, endStream))
        {
            _answer = Answer.Plain;
            if (!endStream)
            {
                return HeadersStatus.StopIteration; // its text belongs into the head
            }

            TellPlain();
        }
        else
        {
            headers.Remove(KnownHeader.ContentLength); // what is sent is longer
        }

        headers.Set(KnownHeader.ContentType, _isTextResponse ? GrpcWebTypes.TextProto : GrpcWebTypes.Proto);
        return HeadersStatus.Continue;
    }

    public override DataStatus OnResponseData(ref BodyChunk chunk)
    {
        if (!_isGrpcWeb)
        {
            return DataStatus.Continue;
        }

        if (_answer == Answer.Grpc)
        {
            chunk.Bytes = _isTextResponse ? _encoder.Encode(chunk.Bytes, chunk.EndStream) : chunk.Bytes;
            return DataStatus.Continue;
        }

        if (_answer == Answer.Plain)
        {
            _plain.Add(chunk.Bytes);
            if (!chunk.EndStream && !_plain.IsFull)
            {
                return DataStatus.StopNoBuffer;
            }

            TellPlain();
        }

        chunk.Bytes = default;
        return DataStatus.Continue;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        if (!_isGrpcWeb)
        {
            return TrailersStatus.Continue;
        }

        _method?.CountStatus(trailers);
        if (_answer == Answer.Plain)
        {
            TellPlain();
        }
        else if (_answer == Answer.Grpc)
        {
            WriteTrailers(trailers);
        }

        trailers.Clear();
        return TrailersStatus.Continue;
    }

    public override void Recycle()
    {
        _decoder.Reset();
        _encoder.Reset();
        _plain.Reset();
        _method = null;
        _head = null;
        _isGrpcWeb = _isTextRequest = _isTextResponse = false;
        _answer = Answer.Grpc;
    }

    private void WriteTrailers(HeaderMap trailers)
    {
        _trailers.Clear();
        _trailers.Skip(GrpcFrames.HeaderLength);
        foreach (var field in trailers)
        {
            _trailers.Add(field.Name);
            _trailers.Add(":"u8);
            _trailers.Add(field.Value);
            _trailers.Add("\r\n"u8);
        }

        GrpcFrames.WriteHeader(_trailers.Written, TrailersFlag, _trailers.Written.Length - GrpcFrames.HeaderLength);
        Callbacks.InjectResponseData(_isTextResponse ? _encoder.Encode(_trailers.Written, endStream: true) : _trailers.Written, endStream: false);
    }

    private void TellPlain()
    {
        _answer = Answer.PlainTold;
        _plain.Tell(_head!);
        _head!.Set(KnownHeader.ContentType, _isTextResponse ? GrpcWebTypes.TextProto : GrpcWebTypes.Proto);
    }
}
