using System.Text;
using Proxy.Http;
using Proxy.Streams;

namespace Proxy.Filters.Admin.Grpc;

/// <summary>Answers gRPC calls to the admin interface; lets everything else pass to what answers plain HTTP.</summary>
/// <param name="methods">All methods, by path.</param>
/// <param name="allowed">Which of them are answered; the others are left to what answers plain HTTP.</param>
internal sealed class AdminGrpcFilter(IReadOnlyDictionary<string, GrpcMethod> methods, AllowedPaths allowed) : HttpFilter
{
    // What a client may have sent before it hears that it must wait.
    private const int MaxUnread = 1024 * 1024;

    private readonly HeaderMap _headers = new();
    private readonly HeaderMap _trailers = new();
    private GrpcMethod? _method;
    private GrpcMessageReader? _reader;
    private byte[]? _request; // of a method that takes one
    private bool _hasBegun;
    private bool _isRequestOver;
    private bool _isOver;
    private bool _isFull; // the client takes answers too slowly
    private bool _isPumping;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        // A client that cannot be told a status behind the body is told nothing by it.
        if (!GrpcReply.IsGrpcRequest(headers) || Callbacks.Info.Protocol != HttpProtocol.Http2 || !allowed.Contains(headers.Get(KnownHeader.Path)))
        {
            return HeadersStatus.Continue;
        }

        var path = Encoding.UTF8.GetString(headers.Get(KnownHeader.Path));
        if (!methods.TryGetValue(path, out _method))
        {
            End(GrpcCode.Unimplemented, $"unknown method {path}");
            return HeadersStatus.StopIteration;
        }

        _reader = new GrpcMessageReader(_method.MaxMessageBytes);
        if (endStream)
        {
            OnRequestOver();
        }

        return HeadersStatus.StopIteration;
    }

    public override DataStatus OnRequestData(ref BodyChunk chunk)
    {
        if (_reader is null && !_isOver)
        {
            return DataStatus.Continue;
        }

        if (_isOver)
        {
            return DataStatus.StopNoBuffer;
        }

        _reader!.Append(chunk.Bytes);
        if (_isFull && _reader.Length > MaxUnread)
        {
            End(GrpcCode.ResourceExhausted, "asks on without reading the answers");
        }
        else if (chunk.EndStream)
        {
            OnRequestOver();
        }
        else
        {
            Pump();
        }

        return DataStatus.StopNoBuffer;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (_reader is null)
        {
            return _isOver ? TrailersStatus.StopIteration : TrailersStatus.Continue;
        }

        OnRequestOver();
        return TrailersStatus.StopIteration;
    }

    // A client that asks on without reading is not read from either.
    public override void OnResponseAboveHighWatermark()
    {
        if (_reader is not null && !_isFull)
        {
            _isFull = true;
            Callbacks.RequestReadDisable(true);
        }
    }

    public override void OnResponseBelowLowWatermark()
    {
        if (_isFull)
        {
            _isFull = false;
            Callbacks.RequestReadDisable(false);
            Pump();
        }
    }

    public override void OnStreamComplete() => _isOver = true;

    private void OnRequestOver()
    {
        _isRequestOver = true;
        Pump();
    }

    private void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        while (!_isOver && !_isFull && TryTake())
        {
        }

        _isPumping = false;
        if (_isRequestOver && !_isOver && !_isFull)
        {
            Finish();
        }
    }

    private bool TryTake()
    {
        if (!_reader!.TryRead(out var message, out var fault))
        {
            if (fault is { } answer)
            {
                End(answer.Code, answer.Details);
            }

            return false;
        }

        if (_method!.IsStream)
        {
            Send(_method.Handle(message));
        }
        else if (_request is null)
        {
            _request = message.ToArray();
        }
        else
        {
            End(GrpcCode.Internal, "more than one message");
        }

        return true;
    }

    private void Finish()
    {
        if (_reader!.Length > 0)
        {
            End(GrpcCode.Internal, "the last message is not complete");
            return;
        }

        if (!_method!.IsStream && _request is null)
        {
            End(GrpcCode.Internal, "no message");
            return;
        }

        if (_request is not null)
        {
            Send(_method.Handle(_request));
        }

        End(GrpcCode.Ok, "");
    }

    private void Send(GrpcAnswer answer)
    {
        if (answer.Code != GrpcCode.Ok)
        {
            End(answer.Code, answer.Details);
            return;
        }

        if (!_hasBegun)
        {
            _hasBegun = true;
            SetHead(_headers);
            Callbacks.SendHeaders(_headers, endStream: false);
        }

        var frame = new byte[GrpcFrames.HeaderLength + answer.Message.Length];
        GrpcFrames.WriteHeader(frame, flags: 0, answer.Message.Length);
        answer.Message.Span.CopyTo(frame.AsSpan(GrpcFrames.HeaderLength));
        if (!_isOver)
        {
            Callbacks.SendData(frame, endStream: false);
        }
    }

    private void End(GrpcCode code, string details)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        var last = _hasBegun ? _trailers : _headers;
        if (!_hasBegun)
        {
            SetHead(last);
        }

        last.Set(KnownHeader.GrpcStatus, (int)code);
        if (details.Length > 0)
        {
            GrpcReply.SetMessage(last, Encoding.UTF8.GetBytes(details));
        }

        if (_hasBegun)
        {
            Callbacks.SendTrailers(last);
        }
        else
        {
            Callbacks.SendHeaders(last, endStream: true);
        }
    }

    private static void SetHead(HeaderMap headers)
    {
        headers.Set(KnownHeader.Status, "200"u8);
        headers.Set(KnownHeader.ContentType, "application/grpc"u8);
    }
}
