namespace Proxy.Matching;

/// <summary>What a matcher or a condition says.</summary>
internal enum MatchOutcome
{
    /// <summary>No.</summary>
    No,

    /// <summary>Yes.</summary>
    Yes,

    /// <summary>It depends on what has not come yet.</summary>
    TooEarly,
}
