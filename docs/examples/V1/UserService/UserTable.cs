using Npgsql;

namespace UserService;

/// <summary>The table of users.</summary>
internal sealed class UserTable(NpgsqlDataSource database)
{
    /// <summary>Makes the table where there is none.</summary>
    public async Task CreateAsync()
    {
        await using var command = database.CreateCommand("create table if not exists users (name text primary key, uuid uuid not null, fullname text not null, email text not null)");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The user of a name; null for none.</summary>
    public async Task<User?> FindAsync(string name)
    {
        await using var command = database.CreateCommand("select uuid, fullname, email from users where name = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using var rows = await command.ExecuteReaderAsync();
        return await rows.ReadAsync() ? new User(rows.GetGuid(0), name, rows.GetString(1), rows.GetString(2)) : null;
    }

    /// <summary>Adds a user or changes one; the id stays what it was.</summary>
    public async Task<Guid> PutAsync(string name, NewUser user)
    {
        await using var command = database.CreateCommand(
            "insert into users values ($1, $2, $3, $4) on conflict (name) do update set fullname = excluded.fullname, email = excluded.email returning uuid");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.NewGuid() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Fullname });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Email });
        return (Guid)(await command.ExecuteScalarAsync())!;
    }
}
