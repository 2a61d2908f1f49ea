namespace Orleans;

/// <summary>Why an activation ends.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    None = 0,

    /// <summary>The silo stops.</summary>
    ShuttingDown = 1,

    /// <summary>The activation did not come up.</summary>
    ActivationFailed = 2,

    DirectoryFailure = 3,

    /// <summary>Nobody called for longer than the collection age.</summary>
    ActivationIdle = 4,

    ActivationUnresponsive = 5,

    DuplicateActivation = 6,

    IncompatibleRequest = 7,

    /// <summary>The grain failed in a way after which its memory cannot be trusted.</summary>
    ApplicationError = 8,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested = 9,

    /// <summary>The grain moves to another silo.</summary>
    Migrating = 10,

    RuntimeRequested = 11,

    HighMemoryPressure = 12,
}
