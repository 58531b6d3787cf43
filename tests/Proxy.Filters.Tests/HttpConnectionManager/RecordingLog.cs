using System.Text;
using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Filters.Tests.HttpConnectionManager;

/// <summary>Writes down <c>status flags details method path received sent</c> of each request.</summary>
internal sealed class RecordingLog : IAccessLog
{
    public List<string> Lines { get; } = [];

    public List<AccessLogType> Types { get; } = [];

    public bool Enabled { get; set; } = true;

    public void Log(in AccessLogEntry entry)
    {
        if (!Enabled)
        {
            return;
        }

        Types.Add(entry.Type);
        var (info, headers) = (entry.Info, entry.RequestHeaders);
        var method = Encoding.Latin1.GetString(headers is null ? default : headers.Get(KnownHeader.Method));
        var path = Encoding.Latin1.GetString(headers is null ? default : headers.Get(KnownHeader.Path));
        Lines.Add($"{info.ResponseCode} {info.Flags} {info.ResponseCodeDetails} {method} {path} {info.BytesReceived} {info.BytesSent}");
    }
}
