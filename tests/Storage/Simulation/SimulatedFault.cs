namespace Actors.Storage.Tests.Simulation;

/// <summary>What goes wrong in one round of a driver.</summary>
internal enum SimulatedFault
{
    None,

    /// <summary>The process dies with what it has decided.</summary>
    DeathBeforeStoring,

    /// <summary>The process dies after it has stored what it is about to do.</summary>
    DeathBeforeTheEffect,

    /// <summary>The back end does not do it.</summary>
    Refusal,

    /// <summary>The back end does it and nobody hears of it.</summary>
    LostAnswer,
}
