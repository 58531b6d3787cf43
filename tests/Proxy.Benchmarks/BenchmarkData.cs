using System.Text;
using Proxy.Http;

namespace Proxy.Benchmarks;

/// <summary>Messages as they come by: a small one, and one with a browser's headers.</summary>
internal static class BenchmarkData
{
    public static readonly byte[] SmallRequest = Bytes("GET /s HTTP/1.1", "Host: example.com");

    public static readonly byte[] BrowserRequest = Bytes(
        "GET /some/page?with=query HTTP/1.1",
        "Host: example.com",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.5",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "DNT: 1",
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-User: ?1",
        "Cache-Control: max-age=0",
        "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
        "Referer: http://example.com/other");

    /// <summary>The head of a request to <paramref name="path"/>.</summary>
    public static HeaderMap Head(string path, string host = "example.com")
    {
        var headers = new HeaderMap();
        headers.Add(KnownHeader.Method, "GET"u8);
        headers.Add(KnownHeader.Authority, Encoding.ASCII.GetBytes(host));
        headers.Add(KnownHeader.Path, Encoding.ASCII.GetBytes(path));
        return headers;
    }

    private static byte[] Bytes(params string[] lines) => Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");
}
