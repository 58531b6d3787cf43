using System.Globalization;
using Proxy.EndToEnd;

return args switch
{
    ["yarp", var port, var upstream, var upstream2, var grpc, var chain, var key] => YarpReference.Run(Port(port), Port(upstream), Port(upstream2), Port(grpc), chain, key),
    ["grpc", var port] => GrpcUpstream.Run(Port(port)),
    ["bulk", var port, var sink, var streams, var seconds] => await BulkLoad.RunAsync(Port(port), Port(sink), Port(streams), Port(seconds)),
    _ => Usage(),
};

static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("endtoend yarp PORT UPSTREAM-PORT HTTP2-UPSTREAM-PORT GRPC-PORT CHAIN KEY | grpc PORT | bulk PORT SINK-PORT STREAMS SECONDS");
    return 1;
}
