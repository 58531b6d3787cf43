using System.Text;
using Proxy.Http;

namespace Proxy.Filters.Http.Router;

/// <summary>What a request cannot do without on its way to an upstream. Filters may have removed it.</summary>
internal static class RequiredHeaders
{
    /// <summary>Name of the header that is missing; null when all are there.</summary>
    public static string? MissingIn(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Method, out var method))
        {
            return ":method";
        }

        if (headers.Contains(KnownHeader.Path))
        {
            return null;
        }

        return !method.SequenceEqual("CONNECT"u8) ? ":path" : headers.Contains(KnownHeader.Authority) ? null : "host";
    }

    /// <summary>Text of the answer to a request without <paramref name="header"/>.</summary>
    public static byte[] BodyFor(string header) => Encoding.ASCII.GetBytes($"missing required header: {header}");

    /// <summary>Details of the answer to a request without <paramref name="header"/>.</summary>
    public static string DetailsFor(string header) => $"filter_removed_required_request_headers{{missing_required_header:_{header}}}";
}
