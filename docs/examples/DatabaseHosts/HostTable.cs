using System.Globalization;
using Microsoft.Data.Sqlite;

namespace DatabaseHosts;

/// <summary>The hosts of every service, one a row. A connection is opened for each call; SQLite's pool makes that cheap.</summary>
public sealed class HostTable(string connectionString)
{
    public void Create() => Execute("CREATE TABLE IF NOT EXISTS host (service TEXT, address TEXT, port INTEGER, weight INTEGER, PRIMARY KEY (service, address, port))");

    public void Put(HostRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Execute(
            "INSERT OR REPLACE INTO host VALUES ($service, $address, $port, $weight)",
            ("$service", row.Service),
            ("$address", row.Address),
            ("$port", row.Port),
            ("$weight", row.Weight));
    }

    public void Delete(string service, int port) => Execute("DELETE FROM host WHERE service = $service AND port = $port", ("$service", service), ("$port", port));

    public IReadOnlyList<HostRow> Read(string service)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT address, port, weight FROM host WHERE service = $service ORDER BY address, port";
        command.Parameters.AddWithValue("$service", service);
        using var reader = command.ExecuteReader();
        List<HostRow> rows = [];
        while (reader.Read())
        {
            rows.Add(new HostRow(service, reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2)));
        }

        return rows;
    }

    private void Execute(string text, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}

public sealed record HostRow(string Service, string Address, int Port, int Weight = 1)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port} weight {Weight}");
}
