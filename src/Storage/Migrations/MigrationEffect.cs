namespace Actors.Storage.Migrations;

/// <summary>What the driver is to do next. Each may be done twice: it is asked for again until the back end shows it.</summary>
public enum MigrationEffect
{
    /// <summary>Nothing but to look again.</summary>
    None,

    /// <summary>Make the new replica, in the state's target pool.</summary>
    CreateTarget,

    /// <summary>Start or go on filling the new replica, at the granted rate.</summary>
    StartCopy,

    /// <summary>Set the copy's rate to the granted one.</summary>
    SetSpeed,

    /// <summary>Stop filling it; what is there stays.</summary>
    StopCopy,

    /// <summary>Compare the new replica with the old one.</summary>
    Verify,

    /// <summary>Put the volume onto the replica that the step names.</summary>
    Switch,

    /// <summary>Remove the replica that the step names, and no other.</summary>
    RemoveReplica,

    /// <summary>Remove it, and where its pool is away, have the volume not know it any more: its file is left there.</summary>
    ForgetReplica,
}
