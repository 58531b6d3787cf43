namespace Proxy.Http.H2.Hpack;

/// <summary>Takes the fields of a header block.</summary>
internal interface IFieldSink
{
    /// <summary>A field; both spans are valid for the call only.</summary>
    /// <param name="id">The known header when the decoder happens to know it; none does not mean that there is none.</param>
    /// <param name="name">Its name, as it came.</param>
    /// <param name="value">Its value, as it came.</param>
    void OnField(KnownHeader id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
}
