using System.Globalization;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>The text forms of durations and points in time.</summary>
internal static class TimeText
{
    /// <summary>Ten thousand years, protobuf's bound.</summary>
    public const long MaxDurationSeconds = 315_576_000_000;

    /// <summary>Digits, at most nine more after a point, and <c>s</c>: nothing else is a duration to Envoy.</summary>
    public static bool TryDuration(string text, out long seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        rest = negative ? rest[1..] : rest;
        if (!rest.EndsWith("s"))
        {
            return false;
        }

        rest = rest[..^1];
        var point = rest.IndexOf('.');
        var whole = point < 0 ? rest : rest[..point];
        if (point >= 0 && !TryNanos(rest[(point + 1)..], out nanos))
        {
            return false;
        }

        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > MaxDurationSeconds)
        {
            return false;
        }

        (seconds, nanos) = negative ? (-seconds, -nanos) : (seconds, nanos);
        return true;
    }

    /// <summary>RFC 3339, with up to nine digits of a second.</summary>
    public static bool TryTimestamp(string text, out long seconds, out int nanos)
    {
        (seconds, nanos) = (0, 0);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = text;
        if (point >= 0)
        {
            var end = text.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9');
            if (end <= 0 || !TryNanos(text.AsSpan(point + 1, end), out nanos))
            {
                return false;
            }

            whole = text.Remove(point, end + 1);
        }

        if (!DateTimeOffset.TryParseExact(
            whole, "yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || whole.Length < 20)
        {
            return false;
        }

        seconds = time.ToUnixTimeSeconds();
        return true;
    }

    private static bool TryNanos(ReadOnlySpan<char> digits, out int nanos)
    {
        nanos = 0;
        if (digits.Length is 0 or > 9 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out nanos))
        {
            return false;
        }

        for (var i = digits.Length; i < 9; i++)
        {
            nanos *= 10;
        }

        return true;
    }
}
