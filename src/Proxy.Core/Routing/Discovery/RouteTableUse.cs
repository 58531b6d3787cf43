using Proxy.Configuration.Http;

namespace Proxy.Routing.Discovery;

/// <summary>One connection manager that uses a table.</summary>
/// <param name="Compile">Compiles a table for its filters.</param>
/// <param name="Source">Where it reads the table.</param>
/// <param name="Ready">Tells its listener that there is one, or none to come.</param>
internal sealed record RouteTableUse(Func<RouteTableConfig, RouteTable> Compile, RouteTableSource Source, Action Ready);
