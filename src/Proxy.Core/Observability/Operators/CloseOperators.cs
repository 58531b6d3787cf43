using Proxy.Connections;

namespace Proxy.Observability.Operators;

/// <summary>How a connection has ended. One that is still open has ended in no other than the normal way.</summary>
internal static class CloseOperators
{
    public static bool WriteType(Connection? connection, FormatWriter writer)
    {
        writer.Write(connection?.CloseReason switch
        {
            { Kind: CloseKind.Reset, Origin: CloseOrigin.Local } => "LocalReset"u8,
            { Kind: CloseKind.Reset } => "RemoteReset"u8,
            _ => "Normal"u8,
        });
        return true;
    }

    /// <summary>Why this proxy closed it; nothing when it did not, or for no reason in particular.</summary>
    public static bool WriteLocalReason(Connection? connection, FormatWriter writer)
    {
        if (connection?.CloseReason is not { Origin: CloseOrigin.Local, Details: { Length: > 0 } details })
        {
            return false;
        }

        writer.Write(details);
        return true;
    }
}
