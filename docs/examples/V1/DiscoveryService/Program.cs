// A discovery service of Envoy's first API: it answers what it was told last.
//   dotnet run -- --urls http://127.0.0.1:5000
//   curl localhost:5000/v1/registration/lucky                                             {"hosts": []}
//   curl -X PUT localhost:5000/v1/registration/lucky -d '{"hosts": [{"ip_address": "127.0.0.1", "port": 9999}]}'
//   curl localhost:5000/calls                                                             how often anybody asked
// At / it greets, so that there is something to proxy to.
using DiscoveryService;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
var answers = new Answers();

app.MapGet("/v1/{kind}/{**rest}", (HttpContext context) => answers.Get(context.Request.Path));
app.MapPut("/v1/{kind}/{**rest}", async (HttpContext context) =>
{
    using var reader = new StreamReader(context.Request.Body);
    answers.Put(context.Request.Path, await reader.ReadToEndAsync(context.RequestAborted));
});
app.MapGet("/calls", () => answers.Calls);
app.MapGet("/", static (HttpContext context) => $"{context.Request.Host.Host} at {context.Connection.LocalPort}\n");
app.Run();
