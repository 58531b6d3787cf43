namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>How the value of a field is written in text and on the wire.</summary>
internal enum FieldKind
{
    Double,
    Float,
    Int32,
    Int64,
    UInt32,
    UInt64,
    Bool,
    String,
    Bytes,
    Enum,
    Message,

    /// <summary>A <c>google.protobuf</c> message whose text is a bare scalar: UInt32Value, StringValue …</summary>
    Wrapper,
    Any,
    Duration,
    Timestamp,
    FieldMask,
    Struct,
    Value,
    ListValue,
}
