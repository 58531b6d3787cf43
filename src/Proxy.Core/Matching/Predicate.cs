namespace Proxy.Matching;

/// <summary>A condition. Immutable, shared by all workers; decides without allocation.</summary>
internal abstract class Predicate
{
    /// <summary>Asks the condition.</summary>
    public abstract MatchOutcome Ask(in MatchData data);
}

/// <summary>Holds when all hold, asked in order: one that has to wait makes all wait.</summary>
internal sealed class AllPredicate(Predicate[] predicates) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data)
    {
        foreach (var predicate in predicates)
        {
            if (predicate.Ask(data) is var outcome and not MatchOutcome.Yes)
            {
                return outcome;
            }
        }

        return MatchOutcome.Yes;
    }
}

/// <summary>Holds when one of them holds, whatever the others wait for.</summary>
internal sealed class AnyPredicate(Predicate[] predicates) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data)
    {
        var result = MatchOutcome.No;
        foreach (var predicate in predicates)
        {
            switch (predicate.Ask(data))
            {
                case MatchOutcome.Yes:
                    return MatchOutcome.Yes;
                case MatchOutcome.TooEarly:
                    result = MatchOutcome.TooEarly;
                    break;
            }
        }

        return result;
    }
}

/// <summary>Holds when another does not.</summary>
internal sealed class NotPredicate(Predicate predicate) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data) => predicate.Ask(data) switch
    {
        MatchOutcome.Yes => MatchOutcome.No,
        MatchOutcome.No => MatchOutcome.Yes,
        _ => MatchOutcome.TooEarly,
    };
}
