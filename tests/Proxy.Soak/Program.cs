// Discovery for minutes under load, on loopback only.
//   Proxy.Soak run [--minutes 10] [--seed 1]     random valid and invalid updates over every transport while requests run; exit code 1 when a request fails, a
//                                          counter does not add up, or memory grows
//   Proxy.Soak propagation [--changes 500]       time from a change at the control plane to its effect on the wire, for each transport
using System.Globalization;
using Proxy.Soak;

var minutes = double.Parse(Option("--minutes", "10"), CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);
var changes = int.Parse(Option("--changes", "500"), CultureInfo.InvariantCulture);
switch (args.FirstOrDefault())
{
    case "run":
        return await SoakRun.RunAsync(TimeSpan.FromMinutes(minutes), seed);
    case "propagation":
        return await Propagation.RunAsync(changes);
    default:
        await Console.Error.WriteLineAsync("Proxy.Soak run|propagation, see Program.cs");
        return 2;
}

string Option(string name, string fallback)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : fallback;
}
