using System.IO.Hashing;
using Proxy.Configuration;
using Proxy.Expressions;
using Proxy.Routing;
using Proxy.Routing.Matching;
using Proxy.Stats;

namespace Proxy.Matching;

/// <summary>Compares the bytes of an input; a missing one fulfils nothing.</summary>
internal abstract class InputPredicate(MatchInput input) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data)
    {
        Span<byte> room = stackalloc byte[MatchInput.Room];
        return input.Read(data, room, out var value) switch
        {
            InputState.TooEarly => MatchOutcome.TooEarly,
            InputState.Present when Matches(value) => MatchOutcome.Yes,
            _ => MatchOutcome.No,
        };
    }

    protected abstract bool Matches(ReadOnlySpan<byte> value);
}

/// <summary>Compares a text.</summary>
internal sealed class TextPredicate(MatchInput input, TextMatcher text) : InputPredicate(input)
{
    protected override bool Matches(ReadOnlySpan<byte> value) => text.Matches(value);
}

/// <summary>Takes a share of the values; equal ones fare equally.</summary>
internal sealed class FractionPredicate(MatchInput input, RuntimeFraction fraction, ulong seed) : InputPredicate(input)
{
    protected override bool Matches(ReadOnlySpan<byte> value) => fraction.Includes(XxHash64.HashToUInt64(value, (long)seed));
}

/// <summary>Takes values by their hash.</summary>
internal sealed class HashPredicate(MatchInput input, uint threshold, uint modulo, ulong seed) : InputPredicate(input)
{
    protected override bool Matches(ReadOnlySpan<byte> value) => XxHash64.HashToUInt64(value, (long)seed) % modulo >= threshold;
}

/// <summary>Asks whether an address lies in one of some ranges; what is no address does not, and is counted.</summary>
internal sealed class AddressPredicate(MatchInput input, CidrRange[] ranges, StatGroup? stats) : Predicate
{
    public static readonly StatSchema Schema = new();
    public static readonly CounterId Failed = Schema.Counter("ip_parsing_failed");

    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data)
    {
        var state = input.ReadAddress(data, out var address);
        if (state == InputState.TooEarly)
        {
            return MatchOutcome.TooEarly;
        }

        if (state == InputState.Present && address is null && data.Worker is { } worker)
        {
            stats?.Shard(worker).Increment(Failed);
        }

        return address is not null && CidrRanges.Contain(ranges, address) ? MatchOutcome.Yes : MatchOutcome.No;
    }
}

/// <summary>Compares dynamic metadata.</summary>
internal sealed class MetadataPredicate(MetadataMatcher matcher) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data) => matcher.MatchesDynamic(data.Info) ? MatchOutcome.Yes : MatchOutcome.No;
}

/// <summary>Asks an expression.</summary>
internal sealed class ExpressionPredicate(CelProgram program) : Predicate
{
    /// <inheritdoc />
    public override MatchOutcome Ask(in MatchData data) => program.IsTrue(data) ? MatchOutcome.Yes : MatchOutcome.No;
}
