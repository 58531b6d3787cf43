using Proxy.Buffers;
using Proxy.Http;

namespace Proxy.Streams;

/// <summary>What the terminal filter can do beside <see cref="IHttpFilterCallbacks"/>: send a request through the whole chain again.</summary>
internal interface IStreamRecreation
{
    /// <summary>
    /// Ends this pass of the stream, whose request is complete and whose response has not begun, and begins another with the request's head as it is now:
    /// the filters complete, the pass is logged, the route is found again and the filters see the request anew. Happens once the callback has unwound.
    /// </summary>
    /// <param name="answer">Head of the answer that is not sent, for the log; used until the pass is over.</param>
    /// <param name="body">The request's body; copied.</param>
    void RecreateStream(HeaderMap answer, ByteQueue body);
}
