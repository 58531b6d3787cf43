namespace Proxy.Configuration;

/// <summary>Gathers faults so that a user sees all of them at once.</summary>
internal static class ConfigFaults
{
    /// <summary>Runs <paramref name="step"/>; its faults are added with <paramref name="path"/> in front of theirs.</summary>
    /// <returns>True when there were none.</returns>
    public static bool Collect(List<ConfigFault> faults, string path, Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (ConfigException e)
        {
            faults.AddRange(e.Faults.Select(fault => fault with { Path = Join(path, fault.Path) }));
            return false;
        }
    }

    /// <summary>Throws what was gathered, if anything.</summary>
    public static void ThrowIfAny(List<ConfigFault> faults)
    {
        if (faults.Count > 0)
        {
            throw new ConfigException(faults);
        }
    }

    private static string Join(string first, string second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            return first + second;
        }

        return second[0] == '[' ? first + second : $"{first}.{second}";
    }
}
