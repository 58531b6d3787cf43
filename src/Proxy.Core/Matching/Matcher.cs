namespace Proxy.Matching;

/// <summary>A compiled decision (Envoy <c>xds.type.matcher.v3.Matcher</c>). Immutable, shared by all workers; decides without allocation.</summary>
/// <typeparam name="TAction">What is decided on.</typeparam>
internal abstract class Matcher<TAction>(OnMatch<TAction>? onNoMatch)
    where TAction : class
{
    /// <summary>Decides: <see cref="MatchOutcome.Yes"/> comes with an action.</summary>
    public MatchOutcome Decide(in MatchData data, out TAction? action)
    {
        var outcome = Search(data, out action);
        return outcome == MatchOutcome.No && onNoMatch is not null ? onNoMatch.Follow(data, out action) : outcome;
    }

    /// <summary>Decides by the list or table, without the fallback.</summary>
    protected abstract MatchOutcome Search(in MatchData data, out TAction? action);
}

/// <summary>What a match leads to: an action, or another decision.</summary>
internal sealed class OnMatch<TAction>(TAction? action, Matcher<TAction>? next)
    where TAction : class
{
    public MatchOutcome Follow(in MatchData data, out TAction? found)
    {
        if (next is not null)
        {
            return next.Decide(data, out found);
        }

        found = action;
        return action is null ? MatchOutcome.No : MatchOutcome.Yes;
    }
}

/// <summary>Conditions in order: the first that holds decides, unless what it leads to decides nothing.</summary>
internal sealed class ListMatcher<TAction>((Predicate Predicate, OnMatch<TAction> OnMatch)[] fields, OnMatch<TAction>? onNoMatch) : Matcher<TAction>(onNoMatch)
    where TAction : class
{
    protected override MatchOutcome Search(in MatchData data, out TAction? action)
    {
        action = null;
        foreach (var (predicate, onMatch) in fields)
        {
            var outcome = predicate.Ask(data);
            if (outcome == MatchOutcome.Yes)
            {
                outcome = onMatch.Follow(data, out action);
            }

            if (outcome != MatchOutcome.No)
            {
                return outcome;
            }
        }

        return MatchOutcome.No;
    }
}
