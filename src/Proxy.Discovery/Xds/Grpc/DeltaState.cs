using Proxy.Discovery.Xds.Names;
using Proxy.Resources;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>What a stream of changes knows of one kind of resources besides its watches. On main.</summary>
internal sealed class DeltaState
{
    /// <summary>The resources that the control plane has told, by canonical name, as they were taken last.</summary>
    public Dictionary<string, Resource> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that the control plane has been asked for.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    private readonly HashSet<string> _again = new(StringComparer.Ordinal);

    /// <summary>Names to ask for.</summary>
    public HashSet<string> ToAsk { get; } = new(StringComparer.Ordinal);

    /// <summary>Names to ask for no more.</summary>
    public HashSet<string> ToDrop { get; } = new(StringComparer.Ordinal);

    /// <summary>Nonces of answers to acknowledge or refuse, in order.</summary>
    public Queue<(string Nonce, string? Error)> Answers { get; } = [];

    /// <summary>Resources that are lent for a time.</summary>
    public required ResourceLifetimes Lifetimes { get; init; }

    /// <summary>The next request is the first of its kind on the stream.</summary>
    public bool IsFirst { get; set; } = true;

    /// <summary>Works out what to ask for and to drop, from the names that were touched since the last time.</summary>
    /// <returns>False when nothing has changed.</returns>
    public bool Update(WatchedType type)
    {
        ToAsk.UnionWith(_again);
        foreach (var name in type.Touched)
        {
            if (type.IsWatched(name))
            {
                ToDrop.Remove(name);
                if (!Asked.Contains(name))
                {
                    ToAsk.Add(name);
                }
            }
            else
            {
                ToAsk.Remove(name);
                Drop(name);
            }
        }

        type.Touched.Clear();
        return ToAsk.Count > 0 || ToDrop.Count > 0;
    }

    /// <summary>The changes are on their way.</summary>
    public void MarkSent()
    {
        IsFirst = false;
        Asked.UnionWith(ToAsk);
        Asked.ExceptWith(ToDrop);
        ToAsk.Clear();
        ToDrop.Clear();
        _again.Clear();
    }

    /// <summary>What is known under a canonical name: one resource, or those of a collection.</summary>
    public IEnumerable<Resource> KnownAs(string name) => Known.TryGetValue(name, out var resource) ? [resource] : Members(name).Select(member => Known[member]);

    /// <summary>A resource has gone.</summary>
    public void Forget(string name)
    {
        Lifetimes.Forget(name);
        Known.Remove(name);
    }

    /// <summary>Asks for a name whether it was asked for or not.</summary>
    public void AskAgain(string name) => _again.Add(name);

    /// <summary>The stream is new: everything has to be asked for again.</summary>
    public void Reset(WatchedType type)
    {
        Update(type);
        IsFirst = true;
        Answers.Clear();
        Asked.Clear();
        ToDrop.Clear();
        ToAsk.Clear();
        ToAsk.UnionWith(type.Names);
    }

    private void Drop(string name)
    {
        if (Asked.Contains(name))
        {
            ToDrop.Add(name);
        }

        Forget(name);
        foreach (var member in Members(name).ToArray())
        {
            Forget(member);
        }
    }

    private IEnumerable<string> Members(string name) => XdsName.IsGlob(name) ? Known.Keys.Where(known => XdsName.GlobOf(known) == name) : [];
}
