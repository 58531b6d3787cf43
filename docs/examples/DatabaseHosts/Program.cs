// A proxy whose hosts are rows of a database. It starts two little services, on ports 5091 and 5092, and puts the first in the table; then
//   curl localhost:10000/                        says "5091"
//   curl -X PUT localhost:5090/shop/5092         adds the second: half of the answers come from it within a second
//   curl -X DELETE localhost:5090/shop/5091      takes the first away
using System.Net;
using DatabaseHosts;

var table = new HostTable("Data Source=hosts.db");
table.Create();
table.Put(new HostRow("shop", "127.0.0.1", 5091));

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:5090", "http://127.0.0.1:5091", "http://127.0.0.1:5092");
builder.Services
    .AddProxy(static proxy => Gateway.Configure(proxy, new IPEndPoint(IPAddress.Loopback, 10000)))
    .AddFilters()
    .AddConfigSource(new DatabaseSource(table, TimeSpan.FromSeconds(1), TimeProvider.System));

var app = builder.Build();
app.MapPut("/{service}/{port:int}", (string service, int port) => table.Put(new HostRow(service, "127.0.0.1", port)));
app.MapDelete("/{service}/{port:int}", table.Delete);
app.MapGet("/", static (HttpContext context) => $"{context.Connection.LocalPort}\n");
app.Run();
