using System.Globalization;

namespace Actors.AgentLoad.Planning;

/// <summary>The limit of open files.</summary>
public static class OpenFiles
{
    private const string LimitsFile = "/proc/self/limits";
    private const string Name = "Max open files";

    /// <summary>How many files this process, and each that it starts, may have open; <see cref="int.MaxValue"/> where there is no limit.</summary>
    public static long ReadLimit()
    {
        var line = File.Exists(LimitsFile) ? File.ReadLines(LimitsFile).FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal)) : null;
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files : int.MaxValue;
    }
}
