namespace UserService;

/// <summary>A user as kept.</summary>
internal sealed record User(Guid Uuid, string Name, string Fullname, string Email);

/// <summary>What a client says of a user.</summary>
internal sealed record NewUser(string Fullname, string Email);
