namespace Actors.Grains.Agents;

/// <summary>How fast new connections are taken.</summary>
public sealed record AdmissionOptions
{
    /// <summary>Connections a second, in the long run.</summary>
    public double AcceptsPerSecond { get; init; } = 1_000;

    /// <summary>Connections that are taken at once after a quiet time.</summary>
    public int Burst { get; init; } = 2_000;

    /// <summary>Most milliseconds that somebody is told to wait.</summary>
    public int MaxRetryAfterMs { get; init; } = 60_000;
}
