using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Proxy.Workers.Epoll;

/// <summary>Error numbers in words and as exceptions.</summary>
internal static class SocketErrors
{
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    public static SocketException ToException(int errno, string action)
    {
        var error = errno switch
        {
            Errno.AccessDenied or Errno.NotPermitted => SocketError.AccessDenied,
            Errno.AddressInUse => SocketError.AddressAlreadyInUse,
            Errno.AddressNotAvailable => SocketError.AddressNotAvailable,
            Errno.TooManyFiles or Errno.FileTableFull => SocketError.TooManyOpenSockets,
            Errno.AddressFamilyNotSupported => SocketError.AddressFamilyNotSupported,
            Errno.InvalidArgument => SocketError.InvalidArgument,
            _ => SocketError.SocketError,
        };
        return new SocketException((int)error, $"{action}: {Describe(errno)}");
    }
}
