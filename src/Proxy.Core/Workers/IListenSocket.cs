using System.Net;

namespace Proxy.Workers;

/// <summary>A listening socket of one worker.</summary>
public interface IListenSocket
{
    /// <summary>The address bound, with the port that was picked.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The system's descriptor, for <see cref="ListenRequest.Handle"/>; -1 where there is none.</summary>
    nint Handle => -1;

    /// <summary>Stops or resumes accepting; the kernel goes on queueing.</summary>
    void SetAccepting(bool accepting);

    /// <summary>Closes the socket; accepted connections live on.</summary>
    void Close();
}
