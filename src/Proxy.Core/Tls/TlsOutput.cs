using Proxy.Workers;

namespace Proxy.Tls;

/// <summary>Where a session leaves the bytes for its peer until they are sent: one for each worker, empty between callbacks.</summary>
internal sealed class TlsOutput
{
    private const int AlertRecordLength = 7;
    private const int MaxKept = 256 * 1024;

    private static readonly WorkerLocal<TlsOutput> OnWorker = new(static _ => new TlsOutput());

    private byte[] _bytes = [];

    /// <summary>Bytes that wait.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that wait.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public static TlsOutput Of(Worker worker) => OnWorker.Get(worker);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + bytes.Length, Math.Max(32 * 1024, _bytes.Length * 2)));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Adds a fatal alert, not encrypted.</summary>
    public void AppendAlert(byte alert) => Append([21, 3, 1, 0, 2, 2, alert]);

    /// <summary>Turns a fatal alert at the end, if it is not encrypted, into another one.</summary>
    public void ReplaceAlert(byte from, byte to)
    {
        var record = _bytes.AsSpan(Math.Max(0, Length - AlertRecordLength), Math.Min(Length, AlertRecordLength));
        if (record.Length == AlertRecordLength && record[0] == 21 && record[3] == 0 && record[4] == 2 && record[5] == 2 && record[6] == from)
        {
            record[6] = to;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > MaxKept)
        {
            _bytes = [];
        }
    }
}
