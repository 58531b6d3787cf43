namespace Proxy.Workers.Epoll;

/// <summary>What a registered descriptor belongs to.</summary>
internal interface IEpollTarget
{
    /// <summary>The kernel reports <paramref name="events"/> (<see cref="EpollFlags"/>).</summary>
    void OnEvents(uint events);

    /// <summary>A callback of the target let an exception escape; it is already logged.</summary>
    void OnFault();

    /// <summary>The worker ends: close the descriptor.</summary>
    void OnWorkerStopping();
}
