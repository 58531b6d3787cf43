using Envoy.Service.Discovery.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Proxy.Discovery.V3.Dump;

namespace Proxy.Discovery.Testing;

/// <summary>Discovery by <c>POST /v3/discovery:TYPE</c> with JSON.</summary>
internal static class RestDiscovery
{
    private const string RequestName = "envoy.service.discovery.v3.DiscoveryRequest";
    private const string ResponseName = "envoy.service.discovery.v3.DiscoveryResponse";

    public static void Map(WebApplication app, TestControlPlane plane)
    {
        foreach (var type in DiscoveryType.All)
        {
            app.MapPost($"/v3/discovery:{type.Path}", context => ServeAsync(context, plane, type.Message));
        }
    }

    /// <summary>An answer as text.</summary>
    public static byte[] ToJson(string type, Snapshot snapshot, IReadOnlyCollection<string> names)
    {
        var response = new DiscoveryResponse { VersionInfo = snapshot.Version, TypeUrl = TestResource.UrlOf(type) };
        response.Resources.AddRange(snapshot.Of(names).Select(static resource => resource.Message));
        return MessageJson.ToJson(response, ResponseName).ToArray();
    }

    private static async Task ServeAsync(HttpContext context, TestControlPlane plane, string type)
    {
        var request = await ReadAsync(context.Request).ConfigureAwait(false);
        plane.Note(new TestControlPlaneRequest(0, type, [.. request.ResourceNames], request.VersionInfo, "", request.ErrorDetail?.Message, request.Node?.Id ?? ""));
        if (plane.Delay > TimeSpan.Zero)
        {
            await Task.Delay(plane.Delay, context.RequestAborted).ConfigureAwait(false);
        }

        if (plane.Refuses || plane.SnapshotOf(type) is not { } snapshot)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        else if (snapshot.Version == request.VersionInfo)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        }
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.BodyWriter.WriteAsync(ToJson(type, snapshot, request.ResourceNames)).ConfigureAwait(false);
        }
    }

    private static async Task<DiscoveryRequest> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body).ConfigureAwait(false);
        return MessageText.Read(RequestName, body.ToArray(), DiscoveryRequest.Parser);
    }
}
