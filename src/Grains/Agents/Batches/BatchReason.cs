namespace Actors.Grains.Agents;

/// <summary>Why rows were written when they were.</summary>
internal enum BatchReason
{
    /// <summary>The oldest had waited long enough.</summary>
    Scheduled,

    /// <summary>There were as many as a statement takes.</summary>
    Capacity,

    /// <summary>The statement before had failed.</summary>
    Retry,

    /// <summary>The silo ends.</summary>
    Shutdown,
}
