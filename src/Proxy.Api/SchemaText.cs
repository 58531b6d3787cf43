using System;
using System.IO;

namespace Proxy.Api;

/// <summary>The table of all messages, their fields and their rules that is packed into this assembly.</summary>
/// <remarks>
/// Protobuf's own descriptors need milliseconds to initialise; this text is mapped with the assembly and read a message at a time.
/// Its lines are written by <c>tools/generate.py</c>.
/// </remarks>
internal static unsafe class SchemaText
{
    private static readonly UnmanagedMemoryStream Resource =
        (UnmanagedMemoryStream)typeof(SchemaText).Assembly.GetManifestResourceStream("v3.schema");

    /// <summary>UTF-8; lives as long as the process.</summary>
    public static ReadOnlySpan<byte> Utf8 => new(Resource.PositionPointer, (int)Resource.Length);
}
