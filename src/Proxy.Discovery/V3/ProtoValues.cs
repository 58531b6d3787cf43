using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Proxy.Discovery.V3;

/// <summary>Values of messages in the types that records use.</summary>
internal static class ProtoValues
{
    // Free-form values nest three messages a level, more than the parser's own limit allows for.
    private const int MaxDepth = 400;

    /// <summary>Parses a message that nests as deep as a configuration text may.</summary>
    public static T Read<T>(this MessageParser<T> parser, ByteString bytes)
        where T : IMessage<T>
    {
        using var input = CodedInputStream.CreateWithLimits(new MemoryStream(bytes.ToByteArray(), writable: false), int.MaxValue, MaxDepth);
        return parser.ParseFrom(input);
    }

    /// <summary>The duration, or <paramref name="unset"/>.</summary>
    public static TimeSpan Or(this Duration? duration, TimeSpan unset) => duration?.ToTimeSpan() ?? unset;

    /// <summary>A timeout for which zero means none: null for zero, <paramref name="unset"/> when it is not set.</summary>
    public static TimeSpan? TimeoutOr(this Duration? duration, TimeSpan? unset) => duration is null
        ? unset
        : duration.ToTimeSpan() is { Ticks: > 0 } time ? time : null;

    public static TimeSpan? ToTimeSpanOrNull(this Duration? duration) => duration?.ToTimeSpan();

    /// <summary>As an int; what does not fit is as good as the largest one.</summary>
    public static int ToInt(this uint value) => (int)Math.Min(value, int.MaxValue);

    public static int? ToIntOrNull(this uint? value) => value?.ToInt();

    /// <summary>A limit for which zero means none.</summary>
    public static int? LimitOrNull(this uint? value) => value is null or 0 ? null : value.Value.ToInt();
}
