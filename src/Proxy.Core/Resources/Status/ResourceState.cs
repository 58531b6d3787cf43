namespace Proxy.Resources.Status;

/// <summary>How a resource stands that somebody watches.</summary>
internal enum ResourceState : byte
{
    /// <summary>It was asked for; nothing has come yet.</summary>
    Requested,

    /// <summary>The source says that there is none, or none any more.</summary>
    Missing,

    /// <summary>The latest that came is in effect.</summary>
    Taken,

    /// <summary>The latest that came was refused.</summary>
    Refused,

    /// <summary>Nothing came in time.</summary>
    TimedOut,
}
