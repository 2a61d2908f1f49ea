namespace Actors.Kafka.Tests.Model;

/// <summary>How much of a seeded test is run.</summary>
internal static class Seeds
{
    /// <summary>Whether the long variants run: ACTORS_TEST_LONG=1.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1";

    /// <summary>The short count, or the long one.</summary>
    public static int Count(int shortCount, int longCount) => IsLong ? longCount : shortCount;

    /// <summary>A seed that is the same in every run and different for every message, version and round.</summary>
    public static int Of(string name, int version, int round)
    {
        var hash = 17;
        foreach (var letter in name)
        {
            hash = unchecked((hash * 31) + letter);
        }

        return unchecked((((hash * 31) + version) * 31) + round);
    }
}
