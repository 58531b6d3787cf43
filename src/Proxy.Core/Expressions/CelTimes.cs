using System.Buffers;
using System.Globalization;

namespace Proxy.Expressions;

/// <summary>Durations and points in time: reading them from texts, and their parts.</summary>
internal static class CelTimes
{
    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789.");

    private static readonly (string Name, Func<DateTime, long> OfTime, long PerPart)[] Parts =
    [
        ("getFullYear", static time => time.Year, 0),
        ("getMonth", static time => time.Month - 1, 0),
        ("getDate", static time => time.Day, 0),
        ("getDayOfMonth", static time => time.Day - 1, 0),
        ("getDayOfWeek", static time => (long)time.DayOfWeek, 0),
        ("getDayOfYear", static time => time.DayOfYear - 1, 0),
        ("getHours", static time => time.Hour, TimeSpan.TicksPerHour),
        ("getMinutes", static time => time.Minute, TimeSpan.TicksPerMinute),
        ("getSeconds", static time => time.Second, TimeSpan.TicksPerSecond),
        ("getMilliseconds", static time => time.Millisecond, TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>The function that reads a part of a time in a zone, or of a duration; null when there is none of that name.</summary>
    public static UnaryFunction? Part(string name, TimeZoneInfo zone)
    {
        var (known, ofTime, perPart) = Array.Find(Parts, part => part.Name == name);
        return known is null
            ? null
            : (in CelContext _, CelValue value) => value.Kind switch
            {
                CelKind.Timestamp => CelValue.Of(ofTime(TimeZoneInfo.ConvertTimeFromUtc(new DateTime(value.Int, DateTimeKind.Utc), zone))),
                CelKind.Duration when perPart == TimeSpan.TicksPerMillisecond => CelValue.Of(value.Int / perPart % 1000),
                CelKind.Duration when perPart > 0 => CelValue.Of(value.Int / perPart),
                _ => CelValue.NoSuchOverload,
            };
    }

    /// <summary>A zone by its name, or as <c>+hh:mm</c>; null when there is none.</summary>
    public static TimeZoneInfo? Zone(string name)
    {
        if (TimeSpan.TryParseExact(name.TrimStart('+', '-'), ["hh\\:mm", "h\\:mm"], CultureInfo.InvariantCulture, out var offset) && offset < TimeSpan.FromHours(14))
        {
            return TimeZoneInfo.CreateCustomTimeZone(name, name.StartsWith('-') ? -offset : offset, name, name);
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    public static CelValue ToTimestamp(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Timestamp => value,
        CelKind.Int => CelArithmetic.Add(context, CelValue.OfTimestamp(DateTime.UnixEpoch.Ticks), CelArithmetic.Multiply(context, value, CelValue.Of(TimeSpan.TicksPerSecond)) is { Kind: CelKind.Int } ticks
            ? CelValue.OfDuration(ticks.Int)
            : CelValue.OfDuration(long.MaxValue)),
        CelKind.String => DateTimeOffset.TryParse(value.String, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && value.Text.Contains((byte)'T')
            ? CelValue.OfTimestamp(time.UtcTicks)
            : CelValue.Error("no timestamp"u8),
        _ => CelValue.NoSuchOverload,
    };

    public static CelValue ToDuration(in CelContext context, CelValue value) => value.Kind switch
    {
        CelKind.Duration => value,
        CelKind.String => TryParse(value.String, out var ticks) ? CelValue.OfDuration(ticks) : CelValue.Error("no duration"u8),
        _ => CelValue.NoSuchOverload,
    };

    // 1h30m, -1.5s, 20ms: numbers with units, one behind the other.
    private static bool TryParse(string text, out long ticks)
    {
        ticks = 0;
        var rest = text.AsSpan(text.StartsWith('-') || text.StartsWith('+') ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }

        var sum = 0m;
        var isGood = !rest.IsEmpty && rest.Length < 64;
        while (isGood && !rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberChars);
            var unit = digits > 0 ? UnitOf(rest[digits..]) : default;
            isGood = unit.Length > 0 && decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number < 1_000_000_000_000m && (sum += number * unit.Ticks) < long.MaxValue;
            rest = isGood ? rest[(digits + unit.Length)..] : rest;
        }

        ticks = isGood ? (long)(text.StartsWith('-') ? -sum : sum) : 0;
        return isGood;
    }

    private static (int Length, decimal Ticks) UnitOf(ReadOnlySpan<char> text) => text switch
    {
        ['n', 's', ..] => (2, 0.01m),
        ['u', 's', ..] => (2, TimeSpan.TicksPerMicrosecond),
        ['m', 's', ..] => (2, TimeSpan.TicksPerMillisecond),
        ['s', ..] => (1, TimeSpan.TicksPerSecond),
        ['m', ..] => (1, TimeSpan.TicksPerMinute),
        ['h', ..] => (1, TimeSpan.TicksPerHour),
        _ => default,
    };
}
