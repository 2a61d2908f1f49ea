namespace Actors.Silo.Stores.PostgreSql;

/// <summary>How long PostgreSQL may take, and how it is tried again.</summary>
public sealed record PostgreSqlOptions
{
    private const int MaxDoublings = 16;

    /// <summary>The longest that one operation may take, connecting included.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a watch looks for itself whether something has changed, in case it was not told.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first pause before a lost connection is made again; each further one is twice as long, and each is cut by up to half at random.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such pause.</summary>
    public TimeSpan LastRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections of the pool, at most.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="failures">Attempts that have failed before this one, from 0.</param>
    /// <param name="random">Cuts the pause.</param>
    internal TimeSpan RetryDelay(int failures, Random random)
    {
        var longest = Math.Min(FirstRetryDelay.TotalMilliseconds * (1 << Math.Min(failures, MaxDoublings)), LastRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (1 - (random.NextDouble() / 2)));
    }
}
