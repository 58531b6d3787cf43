using System.Globalization;
using Proxy.Scale;

// Prints figures, asserts nothing: they depend on the machine.
return args switch
{
    ["static", var proxy, var clusters, var hosts] => await StaticClusters.RunAsync(proxy, Number(clusters), Number(hosts)),
    ["ads", var proxy, var clusters, var hosts, var routes] => await AggregatedResources.RunAsync(proxy, Number(clusters), Number(hosts), Number(routes)),
    ["propagation", var proxy, var changes] => await Propagation.RunAsync(proxy, Number(changes)),
    ["traffic", var proxy, var clusters, var rate] => await TrafficDuringChanges.RunAsync(proxy, Number(clusters), Number(rate)),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("scale static PROXY CLUSTERS HOSTS | ads PROXY CLUSTERS HOSTS ROUTES | propagation PROXY CHANGES | traffic PROXY CLUSTERS CHANGES_PER_SECOND");
    return 1;
}
