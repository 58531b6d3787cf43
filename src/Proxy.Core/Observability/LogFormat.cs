using Proxy.Configuration;

namespace Proxy.Observability;

/// <summary>A whole line or body with command operators: text or JSON. Immutable, shared by all workers; writes without allocation.</summary>
internal abstract class LogFormat
{
    private const string DefaultLine =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% "
        + "%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
        + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /// <summary>Compiles <paramref name="config"/>; null, and faults added, when it breaks rules.</summary>
    public static LogFormat? Compile(LogFormatConfig config, FormatEnvironment environment, string path, FaultList faults)
    {
        environment = config.AllowRequestWithoutQuery ? environment with { AllowRequestWithoutQuery = true } : environment;
        if (config.Json is not null)
        {
            return JsonLogFormat.Compile(config, environment, path, faults);
        }

        if (TextFormat.TryCompile(config.Text ?? DefaultLine, environment, config.OmitEmptyValues, out var error) is { } format)
        {
            return new TextLogFormat(format);
        }

        faults.Add($"{path}.text_format", error);
        return null;
    }

    /// <summary>Writes what <paramref name="entry"/> makes of the format; JSON ends with a line break.</summary>
    public abstract void Write(in AccessLogEntry entry, FormatWriter writer);

    private sealed class TextLogFormat(TextFormat format) : LogFormat
    {
        public override void Write(in AccessLogEntry entry, FormatWriter writer) => format.Write(entry, writer);
    }
}
