using Orleans.Runtime;

namespace Actors.Silo.Tests.Flavour;

/// <summary>A silo's row as Orleans' AdoNet clustering reads it.</summary>
internal sealed record AdoNetSilo(int Port, string Name)
{
    public int Generation { get; init; } = 100;

    public SiloStatus Status { get; init; } = SiloStatus.Active;

    public int ProxyPort { get; init; }

    public string? Suspects { get; init; }

    public DateTime StartTime { get; init; } = new(2026, 11, 21, 8, 0, 0, 123, DateTimeKind.Utc);

    /// <summary>Told by the database alone.</summary>
    public DateTime AliveTime { get; init; }
}
