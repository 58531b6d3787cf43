// An ASP.NET Core service with its own proxy in front, in the same process: clients come to port 10000, where requests without an API key are turned
// away before the service sees them. The service itself listens on loopback only.
using System.Net;
using EmbeddedService;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:5080");
builder.Services
    .AddProxy(proxy => Gateway.Configure(proxy, new IPEndPoint(IPAddress.Any, 10000), new IPEndPoint(IPAddress.Loopback, 5080)))
    .AddFilters()
    .AddHttpFilter<ApiKeyFilterFactory>();

var app = builder.Build();
app.MapGet("/hello/{name}", (string name, HttpRequest request) => $"hello {name}, your key belongs to {request.Headers["x-key-owner"]}\n");
app.Run();
