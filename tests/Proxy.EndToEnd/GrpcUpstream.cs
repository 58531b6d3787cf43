using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Proxy.EndToEnd;

/// <summary>A gRPC service as a server without its framework sees it: takes a message, answers with one and the status in the trailers.</summary>
internal static class GrpcUpstream
{
    private static readonly byte[] Message = [0, 0, 0, 0, 5, .. "hello"u8];

    public static int Run(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, static options => options.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1024;
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        app.Run();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(Message, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
