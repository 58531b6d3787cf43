using System.Diagnostics.CodeAnalysis;
using Proxy.Buffers;
using Proxy.Http;

namespace Proxy.Streams;

/// <summary>One direction of a stream through its filters: who has seen what, and what is held where.</summary>
/// <remarks>
/// Places are numbered in the order in which this direction runs. A call into a filter may end the stream or answer it; every loop looks at
/// <see cref="IsAborted"/> afterwards. Nothing is recycled before the callback has unwound. What a filter throws ends its stream, not the connection's worker.
/// </remarks>
[SuppressMessage("Design", "CA1031", Justification = "Filters are other people's code; whatever one throws is logged and must end its own stream only.")]
internal abstract partial class FilterPath
{
    private readonly PathState[] _states;
    private HeaderMap? _headers;
    private HeaderMap? _trailers;
    private long _buffered;
    private bool _paused;

    protected FilterPath(HttpFilterChain chain, int count)
    {
        Chain = chain;
        _states = new PathState[count];
    }

    protected HttpFilterChain Chain { get; }

    /// <summary>The head; null until it has come.</summary>
    public HeaderMap? Headers => _headers;

    /// <summary>True when what comes is of no use any more: the stream is over, or another answer has taken the place of this one.</summary>
    public bool IsAborted => AbortRequested || Chain.IsOver;

    protected bool AbortRequested { get; private set; }

    /// <summary>Bytes held at all filters together.</summary>
    protected long Buffered => _buffered;

    /// <summary>Drops what follows.</summary>
    public void Abort() => AbortRequested = true;

    /// <summary>The head comes in at <paramref name="place"/>.</summary>
    public void BeginHeaders(int place, HeaderMap headers, bool endStream)
    {
        if (IsAborted)
        {
            return;
        }

        _headers = headers;
        try
        {
            PassHeaders(place, endStream);
        }
        catch (Exception exception)
        {
            Chain.OnFilterFailed(exception);
        }
    }

    /// <summary>Body comes in at <paramref name="place"/>.</summary>
    public void BeginData(int place, ReadOnlySpan<byte> bytes, bool endStream)
    {
        if (IsAborted)
        {
            return;
        }

        try
        {
            PassData(place, bytes, endStream);
        }
        catch (Exception exception)
        {
            Chain.OnFilterFailed(exception);
        }
    }

    /// <summary>Trailers come in at <paramref name="place"/>.</summary>
    public void BeginTrailers(int place, HeaderMap trailers)
    {
        if (IsAborted)
        {
            return;
        }

        _trailers = trailers;
        try
        {
            PassTrailers(place);
        }
        catch (Exception exception)
        {
            Chain.OnFilterFailed(exception);
        }
    }

    /// <summary>The filter at <paramref name="place"/> lets go of what it has stopped.</summary>
    public void Continue(int place)
    {
        if (IsAborted)
        {
            return;
        }

        ref var state = ref _states[place];
        if (state.InCall)
        {
            state.ContinueRequested = true;
            return;
        }

        try
        {
            Release(place);
        }
        catch (Exception exception)
        {
            Chain.OnFilterFailed(exception);
        }
    }

    /// <summary>The filter at <paramref name="place"/> sends body of its own making to those behind it.</summary>
    public void Inject(int place, ReadOnlySpan<byte> bytes, bool endStream)
    {
        ref var state = ref _states[place];
        if (IsAborted || !state.HeadersSeen || state.EndPassed || !PassHeldHeaders(place))
        {
            return;
        }

        state.EndPassed = endStream;
        PassData(place + 1, bytes, endStream);
    }

    /// <summary>What the filter at <paramref name="place"/> holds; null when nothing.</summary>
    public ByteQueue? HeldAt(int place)
    {
        ref var state = ref _states[place];
        return state.Stop == FilterStop.All ? NullIfEmpty(state.Input) : NullIfEmpty(state.Held);
    }

    /// <summary>Forgets the stream.</summary>
    public virtual void Reset()
    {
        foreach (ref var state in _states.AsSpan())
        {
            state.Reset();
        }

        _headers = _trailers = null;
        _buffered = 0;
        _paused = false;
        AbortRequested = false;
    }

    protected abstract bool IsActive(int place);

    protected abstract HeadersStatus CallHeaders(int place, HeaderMap headers, bool endStream);

    protected abstract DataStatus CallData(int place, ref BodyChunk chunk);

    protected abstract TrailersStatus CallTrailers(int place, HeaderMap trailers);

    protected abstract void SinkHeaders(HeaderMap headers, bool endStream);

    protected abstract void SinkData(ReadOnlySpan<byte> bytes, bool endStream);

    protected abstract void SinkTrailers(HeaderMap trailers);

    /// <summary>Stops or resumes whoever sends in this direction.</summary>
    protected abstract void PauseSource(bool pause);

    /// <summary>More is held than may be.</summary>
    protected abstract void OnTooLarge();
}
