using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing;

namespace Proxy.Filters.Network.HttpConnectionManager;

/// <summary>Gives local replies the status, headers and body that <see cref="LocalReplyModel"/> asks for. One per worker.</summary>
internal sealed class LocalReplyBodies
{
    private readonly LocalReplyModel _model;
    private readonly FormatWriter _writer = new();

    public LocalReplyBodies(LocalReplyModel model)
    {
        _model = model;
    }

    /// <summary>Changes the head of one reply and answers its body, valid until the next call.</summary>
    /// <param name="entry">The stream; its response head is the reply's, its local reply body the text that the replying filter gave.</param>
    /// <param name="contentType">Type of the body; null leaves the one in the head, or plain text.</param>
    public ReadOnlySpan<byte> Format(scoped in AccessLogEntry entry, out byte[]? contentType)
    {
        var mapper = Find(entry);
        var changed = mapper is not null && Change(mapper, entry);
        var format = mapper?.Format ?? _model.Format;
        contentType = changed ? null : format?.ContentType;
        _writer.Clear();
        if (mapper?.Body is { } body)
        {
            Write(format, entry with { LocalReplyBody = body });
        }
        else
        {
            Write(format, entry);
        }

        return _writer.Written;
    }

    private LocalReplyMapper? Find(in AccessLogEntry entry)
    {
        foreach (var mapper in _model.Mappers)
        {
            if (mapper.Filter.Matches(entry))
            {
                return mapper;
            }
        }

        return null;
    }

    // True when the type of the body is among what the mapper has set.
    private static bool Change(LocalReplyMapper mapper, in AccessLogEntry entry)
    {
        var headers = entry.ResponseHeaders!;
        if (mapper.Status is { } status)
        {
            headers.Set(KnownHeader.Status, status);
            entry.Info.ResponseCode = status;
        }

        if (mapper.Edits is not { } edits)
        {
            return false;
        }

        edits.Apply(headers, entry, HeaderEditScratch.Of(entry.Worker));
        return edits.Adds(KnownHeader.ContentType);
    }

    private void Write(LocalReplyFormat? format, in AccessLogEntry entry)
    {
        if (format is null)
        {
            _writer.Write(entry.LocalReplyBody);
        }
        else
        {
            format.Format.Write(entry, _writer);
        }
    }
}
