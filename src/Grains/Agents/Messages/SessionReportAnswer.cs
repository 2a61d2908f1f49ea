using Orleans;

namespace Actors.Grains.Agents;

/// <summary>The grain's answer to a report.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.ReportAnswer")]
public sealed record SessionReportAnswer
{
    /// <summary>What was done with it.</summary>
    [Id(0)] public ReportOutcome Outcome { get; init; }

    /// <summary>Tunnel changes of the connection up to this number are in the store; a session need not remember those that closed one.</summary>
    [Id(1)] public long StoredSequence { get; init; }

    /// <summary>With <see cref="ReportOutcome.NeedsWhole"/>: which activation asks. It takes no whole report that was made for another one, for that may be older than what the connection has told since.</summary>
    [Id(3)] public long Activation { get; init; }

    /// <summary>Peers that this one said it is ready for and that have no tunnel to it.</summary>
    [Id(2)] public Guid[] NotShared { get; init; } = [];

    /// <summary>Peers whose tunnel, of this report, is not opened, or not closed, because this one has or has changed as many as it may.</summary>
    [Id(4)] public Guid[] TooMany { get; init; } = [];

    /// <summary>With <see cref="ReportOutcome.Pending"/>: milliseconds before which it is of no use to ask again; 0 when that is not known.</summary>
    [Id(5)] public long RetryAfterMs { get; init; }
}
