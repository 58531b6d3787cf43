using Proxy.Matching;
using Proxy.Observability;

namespace Proxy.Expressions;

/// <summary>What one evaluation may look at, and room for the texts that it puts together.</summary>
internal readonly ref struct CelContext
{
    // A text may be made of texts of a peer's over and over; what is larger than this is none of use.
    private const int MaxRoom = 1 << 20;

    private readonly ref readonly MatchData _data;

    public CelContext(in MatchData data, FormatWriter room)
    {
        _data = ref data;
        Room = room;
    }

    public ref readonly MatchData Data => ref _data;

    /// <summary>Texts written here stay good for the evaluation: memory that is outgrown is not used again during it.</summary>
    public FormatWriter Room { get; }

    /// <summary>True when more was written to <see cref="Room"/> than an evaluation may.</summary>
    public bool IsFull => Room.Length > MaxRoom;

    /// <summary>A text of the record.</summary>
    public CelValue Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return CelValue.OfText(default, "");
        }

        var start = Room.Length;
        Room.Write(text);
        return CelValue.OfText(Room.Written[start..], text);
    }

    /// <summary>A text of the record that may be missing.</summary>
    public CelValue TextOrMissing(string? text) => string.IsNullOrEmpty(text) ? CelValue.NoSuchKey : Text(text);

    /// <summary>What was written to <see cref="Room"/> from <paramref name="start"/> on; an error when it is full.</summary>
    public CelValue Written(int start) => IsFull ? CelValue.Overflow : CelValue.OfText(Room.Written[start..]);
}

/// <summary>A part of a compiled expression. Immutable, shared by all workers; evaluates without allocation where texts are found as they are.</summary>
internal abstract class CelNode
{
    public abstract CelValue Evaluate(in CelContext context);
}

/// <summary>Reads an attribute.</summary>
internal delegate CelValue AttributeFunction(in CelContext context);

/// <summary>A function of one value.</summary>
internal delegate CelValue UnaryFunction(in CelContext context, CelValue value);

/// <summary>A function of two values.</summary>
internal delegate CelValue BinaryFunction(in CelContext context, CelValue left, CelValue right);
