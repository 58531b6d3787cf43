namespace Proxy.Discovery.V3.Dump;

/// <summary>One field as it stands on the wire: a number, or a range of bytes.</summary>
/// <param name="Number">Number of the field.</param>
/// <param name="Value">Of varints and fixed-width fields.</param>
/// <param name="IsBytes">Whether the field is a string, bytes, a message or packed numbers; then <paramref name="Bytes"/> has them.</param>
/// <param name="Bytes">The bytes.</param>
internal readonly record struct WireField(int Number, ulong Value, bool IsBytes, ReadOnlyMemory<byte> Bytes);
