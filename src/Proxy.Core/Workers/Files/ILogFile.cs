namespace Proxy.Workers.Files;

/// <summary>A file that workers append lines to.</summary>
internal interface ILogFile
{
    /// <summary>Appends <paramref name="line"/>, which is copied, on <paramref name="worker"/>'s thread. Neither blocks nor fails: what cannot be kept is dropped and counted.</summary>
    void Write(Worker worker, ReadOnlySpan<byte> line);
}
