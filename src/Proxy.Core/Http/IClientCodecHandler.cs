namespace Proxy.Http;

/// <summary>What a client codec with many streams tells about its connection. On the connection's worker, from inside calls to the codec or to its streams.</summary>
internal interface IClientCodecHandler
{
    /// <summary>
    /// A stream is over, whoever ended it, and no longer among <see cref="HttpClientCodec.ActiveStreams"/>. Comes in front of the stream's own last event,
    /// from which the next request may begin; at the end of the connection it does not come.
    /// </summary>
    void OnStreamOver();

    /// <summary><see cref="HttpClientCodec.ConcurrencyLimit"/> has changed, or stands now.</summary>
    void OnLimitChanged();

    /// <summary>
    /// The peer takes no further requests (GOAWAY): <see cref="HttpClientCodec.ShouldClose"/> holds. Comes once. Streams that the peer says it will not serve
    /// are reset with <see cref="StreamResetReason.RemoteRefusedStreamReset"/> behind it; the others go on.
    /// </summary>
    void OnGoAway();

    /// <summary>The peer has answered <see cref="HttpClientCodec.SendPing"/>.</summary>
    void OnPingAnswered();
}
