using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Resources;
using Proxy.Resources.Status;
using Proxy.Workers;

namespace Proxy.Discovery.Xds.Files;

/// <summary>Watches a file with an answer: read when the watch begins, and whenever another file is moved in its place. On main.</summary>
internal sealed partial class FileSubscription : IResourceSubscription
{
    private readonly ResourceType _type;
    private readonly FileSourceConfig _source;
    private readonly Subscription _subscription;
    private readonly UnknownFields _unknown;
    private readonly Worker _main;
    private readonly ILogger _logger;
    private readonly FileWatch _watch;
    private bool _reading;
    private bool _again;

    private FileSubscription(FileSourceConfig source, Subscription subscription, ResourceContext context)
    {
        _type = ResourceTypes.Of(subscription.Request.Kind);
        _source = source;
        _subscription = subscription;
        _unknown = context.UnknownFields;
        _main = context.Main;
        _logger = context.Loggers.CreateLogger<FileSubscription>();
        _watch = new FileWatch(source.Path, source.WatchedDirectory, () => context.Main.Post(Read));
    }

    /// <summary>Begins to watch.</summary>
    /// <exception cref="ConfigException">There is no such file or folder.</exception>
    public static FileSubscription Start(FileSourceConfig source, Subscription subscription, ResourceContext context)
    {
        if (!File.Exists(source.Path))
        {
            throw new ConfigException("path", $"the file {source.Path} does not exist");
        }

        var watch = new FileSubscription(source, subscription, context);
        subscription.Start();
        watch.Read();
        return watch;
    }

    public void Rename(IReadOnlyCollection<string> names) => _subscription.Names = names;

    public void Ask(string name) => _subscription.Add(name);

    public void Dispose()
    {
        _watch.Dispose();
        _subscription.End();
    }

    private void Read()
    {
        if (_reading)
        {
            _again = true;
            return;
        }

        _ = ReadAsync();
    }

    private async Task ReadAsync()
    {
        _reading = true;
        do
        {
            _again = false;
            await ReadOnceAsync();
        }
        while (_again);
        _reading = false;
    }

    private async ValueTask ReadOnceAsync()
    {
        _subscription.Counters.Attempted();
        if (ReadMessage() is not { } message)
        {
            return;
        }

        IReadOnlyList<ConfigFault> faults;
        try
        {
            faults = await _subscription.DeliverAsync(_source.IsCollection ? CollectionReader.Read(message.Span, _unknown) : ReadResponse(message.Span));
        }
        catch (ConfigException e)
        {
            _subscription.Refuse(RefusedAnswers.Of(_source.IsCollection ? null : DiscoveryResponse.Parser.ParseFrom(message.Span), e, _main.UtcNow));
            faults = e.Faults;
        }

        if (faults.Count > 0)
        {
            LogRefused(_logger, _source.Path, string.Join("; ", faults));
        }
    }

    // As in Envoy, a file that is no answer counts as a failure, and one that breaks rules as refused.
    private ReadOnlyMemory<byte>? ReadMessage()
    {
        try
        {
            var name = _source.IsCollection ? CollectionReader.WrapperName : ResourceReader.ResponseName;
            if (ResourceReader.TryReadMessage(_source.Path, File.ReadAllBytes(_source.Path), name, _unknown, out var broken) is { } message)
            {
                return message;
            }

            var why = ResourceReader.Exception(broken);
            LogRefused(_logger, _source.Path, why.Message);
            if (!broken.Any(static fault => fault.IsUnreadable))
            {
                _subscription.Refuse(new RefusedAnswer("", _main.UtcNow, why.Message));
                return null;
            }

            _subscription.Fail(new RefusedAnswer("", _main.UtcNow, why.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogRefused(_logger, _source.Path, e.Message);
            _subscription.Fail(new RefusedAnswer("", _main.UtcNow, e.Message));
        }

        return null;
    }

    private ResourceUpdate ReadResponse(ReadOnlySpan<byte> wire)
    {
        var response = DiscoveryResponse.Parser.ParseFrom(wire);
        var read = ResourceReader.Read(_type, response.VersionInfo, response.Resources, _unknown);
        return new ResourceUpdate(response.VersionInfo, read.ConvertAll(static one => one.Resource)) { IsComplete = true };
    }

    [LoggerMessage(40, LogLevel.Warning, "{Path} was refused: {Faults}")]
    private static partial void LogRefused(ILogger logger, string path, string faults);
}
