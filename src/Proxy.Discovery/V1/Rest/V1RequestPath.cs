using System.Globalization;
using System.Text;
using Proxy.Configuration;
using Proxy.Resources;

namespace Proxy.Discovery.V1.Rest;

/// <summary>The paths of requests to discovery services; names stand in them as they are, but for what no request line can hold.</summary>
internal static class V1RequestPath
{
    /// <summary>The path of a request.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="node">Who asks.</param>
    public static string Of(ResourceRequest request, NodeConfig node) => Visible(request.Kind switch
    {
        ResourceKind.Cluster => $"/v1/clusters/{node.Cluster}/{node.Id}",
        ResourceKind.Listener => $"/v1/listeners/{node.Cluster}/{node.Id}",
        ResourceKind.Routes => $"/v1/routes/{request.Names.First()}/{node.Cluster}/{node.Id}",
        _ => $"/v1/registration/{request.Names.First()}",
    });

    // A name comes from answers too: a line break in it would begin a header.
    private static string Visible(string path)
    {
        if (!path.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return path;
        }

        var escaped = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(path))
        {
            _ = octet is >= (byte)'!' and <= (byte)'~' ? escaped.Append((char)octet) : escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return escaped.ToString();
    }
}
