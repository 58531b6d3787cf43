using System.Threading.Channels;

namespace Proxy.Resources;

/// <summary>
/// A source of configuration of the application's own, such as a database of hosts: what it writes is put in effect while the proxy runs. Configuration
/// names it by <see cref="Configuration.Discovery.CustomSourceConfig"/>.
/// </summary>
/// <remarks>Register it with <c>AddConfigSource</c>. <see cref="ConfigFeed"/> is one that is told from outside.</remarks>
public interface IConfigSource
{
    /// <summary>Its name, unlike that of any other source of the application.</summary>
    string Name { get; }

    /// <summary>Brings resources until <paramref name="cancellationToken"/> asks it to stop.</summary>
    /// <param name="watch">What is wanted.</param>
    /// <param name="updates">Takes the answers, the whole of what there is each time or what changed; see <see cref="ConfigUpdate"/>. One at a time is put
    /// in effect, in order.</param>
    /// <param name="cancellationToken">Set when nobody wants the resources any more, when other names are wanted, or when the proxy stops.</param>
    /// <remarks>
    /// Begun on the proxy's main thread, where it must not block; after the first <c>await</c> it goes on where the application's tasks do. When it ends by
    /// an exception, this is logged and counted (<c>update_failure</c>), and it begins again after a pause that grows from 1 to 30 s, a random part of it
    /// left out; what it has brought stays in effect. When it ends otherwise, what it has brought stays for good.
    /// </remarks>
    Task WatchAsync(ConfigWatch watch, ChannelWriter<ConfigUpdate> updates, CancellationToken cancellationToken);
}

/// <summary>What is wanted of an <see cref="IConfigSource"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Names">The names that are wanted; none for everything there is.</param>
public sealed record ConfigWatch(ResourceKind Kind, IReadOnlyCollection<string> Names);
