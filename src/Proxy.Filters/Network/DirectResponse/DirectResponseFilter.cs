using Proxy.Connections;

namespace Proxy.Filters.Network.DirectResponse;

/// <summary>Sends a text and closes.</summary>
internal sealed class DirectResponseFilter : NetworkFilter
{
    private readonly byte[] _response;

    public DirectResponseFilter(byte[] response)
    {
        _response = response;
    }

    public override FilterStatus OnNewConnection()
    {
        Callbacks.Write(_response, endStream: false);
        Connection.Close(CloseMode.Flush);
        return FilterStatus.StopIteration;
    }
}
