namespace Actors.Storage.Policies;

/// <summary>What a policy does at the moment.</summary>
public enum PolicyPhase
{
    /// <summary>It has not been reconciled yet.</summary>
    Pending,

    /// <summary>It is reconciled.</summary>
    Active,

    /// <summary>Its spec says that it is off.</summary>
    Disabled,

    /// <summary>It has mistakes, or its last reconcile failed; the conditions say which.</summary>
    Error,
}
