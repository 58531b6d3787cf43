namespace Proxy.Resources.Status;

/// <summary>What became of one resource. On main.</summary>
internal sealed class ResourceStatus(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>It was asked for by its name, and is shown as long as it is, whether it is there or not.</summary>
    public bool IsNamed { get; set; }

    /// <summary>How it stands.</summary>
    public ResourceState State { get; private set; }

    /// <summary>Version of the latest that was taken and is still in use; empty for none.</summary>
    public string Version { get; private set; } = "";

    /// <summary>When that came.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>As it came; null when that is not kept.</summary>
    public object? Message { get; private set; }

    /// <summary>The latest that came and was refused; null unless it is <see cref="ResourceState.Refused"/>.</summary>
    public RefusedUpdate? Refusal { get; private set; }

    /// <summary>When there was last something to say of it; the earliest of times when nothing ever came.</summary>
    public DateTimeOffset HeardAt => Refusal?.At ?? UpdatedAt;

    /// <summary>It was taken, or what was taken before still holds.</summary>
    public void Take(Resource resource, DateTimeOffset at, bool keepsMessage)
    {
        if (resource.Config is not null)
        {
            (Version, UpdatedAt) = (resource.Version, at);
            Message = keepsMessage ? resource.Message : null;
        }

        (State, Refusal) = (ResourceState.Taken, null);
    }

    /// <summary>It was refused; what was taken before goes on.</summary>
    public void Refuse(RefusedUpdate refusal) => (State, Refusal) = (ResourceState.Refused, refusal);

    /// <summary>There is none, or none any more.</summary>
    /// <param name="goesOn">What was taken before goes on all the same.</param>
    public void Miss(bool goesOn)
    {
        (State, Refusal) = (ResourceState.Missing, null);
        if (!goesOn)
        {
            (Version, UpdatedAt, Message) = ("", default, null);
        }
    }

    /// <summary>It is asked for again.</summary>
    public void Ask()
    {
        if (State is ResourceState.Missing or ResourceState.TimedOut)
        {
            State = ResourceState.Requested;
        }
    }

    /// <summary>The time to wait for it is over.</summary>
    public void TimeOut()
    {
        if (State == ResourceState.Requested)
        {
            State = ResourceState.TimedOut;
        }
    }
}
