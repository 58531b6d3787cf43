namespace Proxy.Http.H1;

internal sealed partial class Http1ServerCodec
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
                _state = State.Responding;
                _active!.OnData(piece, endStream: true);
                return true;
            case BodyResult.Trailers:
                _state = State.Trailers;
                _fields.Begin(_options.MaxHeadBytes);
                _active!.RequestTrailers.Clear();
                return true;
            default:
                Fail(Http1Fault.Malformed);
                return true;
        }
    }

    private bool ReadTrailers(ReadOnlySpan<byte> data, ref int used)
    {
        var trailers = _active!.RequestTrailers;
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

        if (_options.HeadersWithUnderscores != HeadersWithUnderscoresAction.Allow && name.Contains((byte)'_'))
        {
            return RefuseUnderscore();
        }

        trailers.AddReceived(name, value);
        return trailers.Count > _options.MaxHeadersCount ? Http1Fault.TooManyHeaders : Http1Fault.None;
    }

    private void CompleteTrailers(HeaderMap trailers)
    {
        _state = State.Responding;
        if (trailers.Count > 0)
        {
            _active!.OnTrailers();
        }
        else
        {
            _active!.OnData(default, endStream: true);
        }
    }
}
