// A service that keeps users in PostgreSQL.
//   dotnet run -- --urls http://127.0.0.1:5000 --database "Host=127.0.0.1;Username=postgres;Database=postgres"
//   curl -X PUT localhost:5000/user/alice -H 'content-type: application/json' -d '{"fullname": "Alice", "email": "alice@example.com"}'
//   curl localhost:5000/user/alice
using Npgsql;
using UserService;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
await using var database = NpgsqlDataSource.Create(builder.Configuration["database"] ?? "Host=postgres;Username=postgres;Database=postgres");
var users = new UserTable(database);
await users.CreateAsync();
var app = builder.Build();

app.MapGet("/user/health", static () => Results.Ok(new { ok = true, hostname = Environment.MachineName, msg = "user health check OK" }));
app.MapGet("/user/{name}", async (string name) => await users.FindAsync(name) is { } user
    ? Results.Ok(new { ok = true, user })
    : Results.NotFound(new { ok = false, msg = $"no user {name}" }));
app.MapPut("/user/{name}", async (string name, NewUser user) => Results.Ok(new { ok = true, uuid = await users.PutAsync(name, user) }));
await app.RunAsync();
