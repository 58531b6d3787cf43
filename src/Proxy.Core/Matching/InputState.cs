namespace Proxy.Matching;

/// <summary>Whether an input has a value.</summary>
internal enum InputState
{
    /// <summary>That part of the stream has not come yet.</summary>
    TooEarly,

    /// <summary>It has none.</summary>
    Missing,

    /// <summary>It has one.</summary>
    Present,
}
