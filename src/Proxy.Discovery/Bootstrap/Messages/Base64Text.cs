namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Base64 as protobuf takes it: either alphabet, padding or none.</summary>
internal static class Base64Text
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var digits = text.AsSpan().TrimEnd('=');
        if (text.Length - digits.Length is var padding && padding > 0 && (padding > 2 || text.Length % 4 != 0))
        {
            return false;
        }

        if (digits.Length % 4 == 1 || digits.ContainsAny(' ', '\n', '\r') || digits.Contains('\t'))
        {
            return false;
        }

        var padded = digits.ToString().Replace('-', '+').Replace('_', '/').PadRight((digits.Length + 3) / 4 * 4, '=');
        var buffer = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, buffer, out var count))
        {
            return false;
        }

        bytes = buffer[..count];
        return true;
    }
}
