namespace Actors.Grains.Agents;

/// <summary>What a grain does with a session's report.</summary>
public enum ReportOutcome
{
    /// <summary>It is merged.</summary>
    Taken,

    /// <summary>The connection's end is merged and not yet stored: it has to be told again, or it would be forgotten with the activation.</summary>
    Pending,

    /// <summary>The grain does not know this attachment: the session attaches itself anew, with all that it has.</summary>
    NeedsWhole,

    /// <summary>A newer connection of the peer is there; this one ends.</summary>
    Replaced,

    /// <summary>The connection's epoch is over, although its socket lives: the peer has to connect again.</summary>
    Restart,
}
