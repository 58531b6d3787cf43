namespace Proxy.Http.H1;

internal sealed partial class Http1ClientCodec
{
    private BodyReader _body;

    private bool ReadBody(ReadOnlySpan<byte> data, ref int used)
    {
        var found = _body.Read(data, out var piece, out var consumed);
        Consume(consumed, ref used);
        switch (found)
        {
            case BodyResult.NeedMore:
                return false;
            case BodyResult.Data:
                _active!.OnData(piece, endStream: false);
                return _readDisables == 0;
            case BodyResult.LastData:
                _shouldClose |= consumed < data.Length;
                TakeHandler().OnData(piece, endStream: true);
                return true;
            case BodyResult.Trailers:
                _state = State.Trailers;
                _fields.Begin(_options.MaxHeadBytes, lenient: true);
                _active!.ResponseTrailers.Clear();
                return true;
            default:
                Fail(Http1Fault.Malformed);
                return true;
        }
    }

    private bool ReadTrailers(ReadOnlySpan<byte> data, ref int used)
    {
        var trailers = _active!.ResponseTrailers;
        while (true)
        {
            var found = _fields.ReadField(data, out var name, out var value, out var consumed);
            if (found == FieldResult.NeedMore)
            {
                return false;
            }

            Consume(consumed, ref used);
            if (found == FieldResult.End)
            {
                // Whoever frames a body loosely may mean another end of it than we do.
                _shouldClose |= consumed < data.Length || _fields.WasLenient || _body.WasLenient;
                CompleteTrailers(trailers);
                return true;
            }

            var fault = found switch
            {
                FieldResult.Fault => _fields.Fault,
                FieldResult.Skipped => Http1Fault.None,
                _ => AddTrailer(trailers, name, value),
            };
            if (fault != Http1Fault.None)
            {
                Fail(fault);
                return true;
            }

            data = data[consumed..];
        }
    }

    private Http1Fault AddTrailer(HeaderMap trailers, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!_options.EnableTrailers)
        {
            return Http1Fault.None;
        }

        trailers.AddReceived(name, value);
        return trailers.Count > _options.MaxHeadersCount ? Http1Fault.TooManyHeaders : Http1Fault.None;
    }

    private void CompleteTrailers(HeaderMap trailers)
    {
        if (trailers.Count > 0)
        {
            TakeHandler().OnTrailers();
        }
        else
        {
            TakeHandler().OnData(default, endStream: true);
        }
    }
}
