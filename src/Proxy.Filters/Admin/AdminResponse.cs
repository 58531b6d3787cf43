using System.Text;

namespace Proxy.Filters.Admin;

/// <summary>The answer to an admin request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">What the body is.</param>
/// <param name="Body">The body.</param>
public sealed record AdminResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string PlainText = "text/plain; charset=UTF-8";

    /// <summary>Plain text with status 200.</summary>
    public static AdminResponse Text(string text) => new(200, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>JSON with status 200.</summary>
    public static AdminResponse Json(ReadOnlyMemory<byte> json) => new(200, "application/json", json);

    /// <summary>A page with status 200.</summary>
    public static AdminResponse Html(string html) => new(200, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(html));

    /// <summary>Plain text with another status.</summary>
    public static AdminResponse Error(int status, string text) => new(status, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>What commands without an answer of their own say.</summary>
    public static AdminResponse Ok { get; } = Text("OK\n");
}
